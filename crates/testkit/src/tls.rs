//! TLS for servers of tests, with a certificate for `localhost` of an authority that no machine trusts.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The certificate of the authority, as a file in PEM.
pub fn ca_file() -> PathBuf {
    file("ca.pem")
}

/// The certificate of another authority, as a file in PEM.
pub fn other_ca_file() -> PathBuf {
    file("other-ca.pem")
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tls").join(name)
}

/// The server's side of a handshake; `None` if it fails.
pub async fn accept(stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    let chain = CertificateDer::pem_file_iter(file("server.pem")).expect("a file").map(|read| read.expect("PEM"));
    let key = PrivateKeyDer::from_pem_file(file("server.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = config.with_no_client_auth().with_single_cert(chain.collect(), key).expect("they fit");
    TlsAcceptor::from(Arc::new(config)).accept(stream).await.ok()
}
