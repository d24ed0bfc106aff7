//! Breached passwords: the file that `rekey breach import` made, the list that is part of the program, or a service far away.

use std::fs;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::{Path as Named, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderMap, StatusCode};
use rekey_breach::{Algorithm, File, Header, builtin};
use rekey_service::ports::{Breach, BreachData};
use rekey_shared::Problem;

use crate::config::Config;
use crate::refusal::{RefusalFormat, answer};
use crate::remote::RangeService;
use crate::site::Site;

/// How often the file is looked at.
pub const LOOK_EVERY: Duration = Duration::from_secs(10);

/// What looks passwords up. The file is read anew when another is in its place.
pub struct Breaches {
    path: PathBuf,
    current: RwLock<Current>,
    remote: Option<RangeService>,
}

struct Current {
    /// `None` while there is none that can be used: the built-in list counts.
    file: Option<Arc<File>>,
    /// Of the file that was looked at last, used or not, so that a damaged one is complained of once.
    seen: Option<(SystemTime, u64)>,
}

impl Breaches {
    /// As it is configured.
    pub fn of(config: &Config) -> Self {
        Self::new(config.breach.file.clone(), config.breach.remote_url.as_deref().map(RangeService::new))
    }

    /// Over a file that may be there or come later.
    pub fn new(path: PathBuf, remote: Option<RangeService>) -> Self {
        Self { path, current: RwLock::new(Current { file: None, seen: None }), remote }
    }

    /// Opens the file if it is another than before. Reads all of it, so not for a thread that answers requests.
    pub fn refresh(&self) {
        let seen = stamp(&self.path);
        if self.current.read().unwrap_or_else(PoisonError::into_inner).seen == seen {
            return;
        }
        let file = seen.and_then(|_| open(&self.path));
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // A damaged file does not take the place of a good one; one that is taken away does.
        if file.is_some() || seen.is_none() {
            current.file = file;
        }
        current.seen = seen;
    }

    fn file(&self) -> Option<Arc<File>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).file.clone()
    }

    /// What counts now.
    pub fn header(&self) -> Option<Header> {
        self.file().map(|file| *file.header()).or_else(|| builtin::common().map(|file| *file.header()))
    }
}

impl BreachData for Breaches {
    fn look_up<'a>(&'a self, password: &'a str) -> Pin<Box<dyn Future<Output = Breach> + Send + 'a>> {
        Box::pin(async move {
            if self.holds(password) {
                return Breach::Found;
            }
            match &self.remote {
                Some(remote) => remote.look_up(Algorithm::Sha1, password).await,
                None => Breach::Clear,
            }
        })
    }

    fn holds(&self, password: &str) -> bool {
        match self.file() {
            Some(file) => file.contains(password),
            None => builtin::common().is_some_and(|file| file.contains(password)),
        }
    }

    fn list(&self) -> Option<String> {
        self.header().map(|header| header.list_name())
    }

    fn shard(&self, list: &str, name: &str) -> Option<Vec<u8>> {
        let bytes = |file: &File| {
            let header = file.header();
            let shard = header.shape.shard_of(name).filter(|_| header.list_name() == list)?;
            file.shard(shard).map(<[u8]>::to_vec)
        };
        match self.file() {
            Some(file) => bytes(&file),
            None => bytes(builtin::common()?),
        }
    }
}

/// When a file was changed and how long it is.
fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn open(path: &Path) -> Option<Arc<File>> {
    match File::open(path).and_then(|file| file.verify().map(|()| file)) {
        Ok(file) => {
            let Header { entries, .. } = *file.header();
            tracing::info!(breach.entries = entries, "list of breached passwords in use");
            Some(Arc::new(file))
        }
        Err(damage) => {
            tracing::warn!(error = %damage, "list of breached passwords not used");
            None
        }
    }
}

/// `GET /api/v1/breached/{prefix}?list=NAME`: one shard, for a browser. What it asks for tells no more than the first bits of a hash.
/// 404 if the list is another by now.
pub async fn shard(
    State(site): State<Site>,
    Named(prefix): Named<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let mut asked = url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes());
    let list = asked.find(|(key, _)| key == "list").map(|(_, list)| list).unwrap_or_default();
    match site.services().breaches.shard(&list, &prefix) {
        Some(bytes) => {
            let tag = format!("\"{list}-{prefix}\"");
            let kind = (CONTENT_TYPE, "application/octet-stream".to_owned());
            let cache = (CACHE_CONTROL, "public, max-age=86400, immutable".to_owned());
            ([kind, cache, (ETAG, tag)], Body::from(bytes)).into_response()
        }
        None => answer(&site, RefusalFormat::new(&site, &headers), StatusCode::NOT_FOUND, &Problem::BadRequest),
    }
}
