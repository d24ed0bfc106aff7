//! A whole site as people meet it: the real router in this process or the real program in processes of its own, on
//! either database, with browsers and with the messages that it sends.

mod browser;
mod cohort;
mod comparison;
mod expected_mail;
mod kind;
mod message;
mod network;
mod people;
mod program;
mod provider;
pub mod request;
mod router;
mod running;
mod secret_scan;
mod time_travel;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use rekey::site::Site;

pub use browser::{Answer, Browser, Destination, Scripts};
pub use cohort::{Cohort, Shape, Step, Visitor, as_text, email};
pub use comparison::{difference, masked};
pub use expected_mail::{ExpectedMail, Topic};
pub use kind::SiteKind;
pub use message::ReceivedMessage;
pub use network::InFlight;
pub use people::{RecoveryLink, paths};
pub use program::{Installation, Node};
pub use provider::MessageProvider;
pub use router::RouterOptions;
pub use running::{ProgramOptions, RunningProgram};
pub use secret_scan::{Canary, Hit, forms, hits};
pub use time_travel::execute;

use crate::bench::Bench;
use router::RouterSite;

/// A site that is asked as browsers ask.
pub struct TestSite(Kind);

enum Kind {
    Router(Box<RouterSite>),
    Program(RunningProgram),
}

impl TestSite {
    /// The real router in this process: quick, with a clock that stands still, and open to the test.
    pub fn router() -> RouterOptions {
        RouterOptions::new()
    }

    /// The real program in processes of its own: one node on SQLite unless told otherwise.
    pub fn program() -> ProgramOptions {
        ProgramOptions::new()
    }

    /// A browser that no one has used, at an address of its own.
    pub fn browser(&self, nth: usize) -> Browser {
        let last = u8::try_from(nth % 250).unwrap_or(0);
        let peer = IpAddr::from(Ipv4Addr::new(198, 51, 100, last));
        match &self.0 {
            Kind::Router(site) => Browser::new(Destination::Router(site.router.clone()), &site.origin, peer),
            Kind::Program(site) => {
                Browser::new(site.destination(), &site.installation().origin(), peer).beginning_at(nth)
            }
        }
    }

    /// Whether its clock is the machine's own.
    fn clock_runs(&self) -> bool {
        matches!(self.0, Kind::Program(_))
    }

    /// Waits until everything is sent that is queued, and gives what has come since the last time, oldest first.
    pub async fn deliver(&self) -> Vec<ReceivedMessage> {
        match &self.0 {
            Kind::Router(site) => site.deliver().await,
            Kind::Program(site) => site.deliver().await,
        }
    }

    /// As [`TestSite::deliver`], without what is told by the way.
    pub async fn deliver_asked_for(&self) -> Vec<ReceivedMessage> {
        let mut messages = self.deliver().await;
        messages.retain(|message| Topic::of(message) != Topic::Notice);
        messages
    }

    /// Lets time pass.
    pub async fn advance(&self, span: Duration) {
        match &self.0 {
            Kind::Router(site) => site.bench.advance(span),
            Kind::Program(site) => time_travel::age(site.database_url(), span).await,
        }
    }

    /// The services of a site in this process, their clock and their database.
    pub fn bench(&self) -> &Bench {
        &self.in_process().bench
    }

    /// What the handlers of a site in this process are given.
    pub fn app(&self) -> &Site {
        &self.in_process().app
    }

    /// The router of a site in this process.
    pub fn as_router(&self) -> &Router {
        &self.in_process().router
    }

    /// The answer of a site in this process to a request written by hand.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        request::send(self.as_router(), request).await
    }

    /// The same to the request of a visitor at [`request::LOCAL`] who opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(request::get(path)).await
    }

    /// The processes of the program.
    pub fn as_program(&self) -> &RunningProgram {
        match &self.0 {
            Kind::Program(site) => site,
            Kind::Router(_) => panic!("this site runs in this process"),
        }
    }

    fn in_process(&self) -> &RouterSite {
        match &self.0 {
            Kind::Router(site) => site,
            Kind::Program(_) => panic!("this site runs in processes of its own"),
        }
    }
}

impl RouterOptions {
    /// Starts it.
    pub async fn start(self) -> TestSite {
        TestSite(Kind::Router(Box::new(self.make().await)))
    }
}

impl ProgramOptions {
    /// Starts every node.
    pub async fn start(self) -> TestSite {
        TestSite(Kind::Program(self.make().await))
    }
}
