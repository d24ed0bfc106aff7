//! The layer before every handler: holds a request against its route's row.
//!
//! In this order, the cheap before the dear and all before any write and any hash:
//!
//! 1. the origin, from headers alone;
//! 2. the throttle, from memory;
//! 3. who it comes from, found out once;
//! 4. whether that one may;
//! 5. the body, within its kind and limit.
//!
//! What follows gets the request with proof of who it comes from ([`rekey_service::principal::Admitted`]) in its
//! extensions.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::body::{Body as HttpBody, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{AUTHORIZATION, LOCATION, SET_COOKIE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use rekey_app::context::{ClientAddress, PageRefusal, meta_of, wants_page};
use rekey_app::cookies::Cookie;
use rekey_app::form_return::FormReturn;
use rekey_app::paths;
use rekey_app::problem::PublicError;
use rekey_domain::access::Denial;
use rekey_service::audit::refusals;
use rekey_service::principal::{self, Admitted, BrowserSecrets, Credentials};
use rekey_service::{RequestMeta, Unexpected};
use rekey_shared::{Problem, Secret};

use super::address::is_local;
use super::{body, origin};
use crate::refusal::{RefusalFormat, answer};
use crate::routes::{Authentication, DenialStyle, DrawPage, Origin, Rule};
use crate::site::Site;
use crate::throttle::Limit;
use crate::{health, return_to};

/// What the layer of one route knows.
#[derive(Clone)]
pub struct Admission {
    /// The site.
    pub site: Site,
    /// The route's row.
    pub rule: Rule,
    /// Draws a page that is refused, with the reason in its place.
    pub draw: DrawPage,
}

/// Why a request goes no further.
enum Refusal {
    NotLocal,
    Forged,
    TooMany(Limit),
    Denied(Denial),
    Failed(Unexpected),
}

/// Lets a request through to its handler, or says why not.
pub async fn hold(State(route): State<Arc<Admission>>, request: Request, next: Next) -> Response {
    let admitted = match route.screen(&request) {
        Ok(found) => route.admit(found).await,
        Err(refusal) => Err(refusal),
    };
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(refusal) => return route.refuse(refusal, request).await,
    };
    let mut request = match route.read(request).await {
        Ok(request) => request,
        Err(refused) => return refused,
    };
    request.extensions_mut().insert(admitted);
    next.run(request).await
}

/// What a request shows before any query.
struct Screened {
    credentials: Credentials,
    reads_metrics: bool,
}

/// What a request brings, of the class that its route looks at.
fn credentials_of(by: Authentication, headers: &HeaderMap, secure: bool) -> Credentials {
    let authorization = headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    match (by, authorization) {
        (Authentication::None, _) | (Authentication::Credentials, None) => Credentials::None,
        (Authentication::Credentials, Some(value)) => Credentials::Program(Secret::new(value)),
        // A proxy that asks for a password of its own sends `Basic` in every browser's name; no browser sends a token.
        (Authentication::Cookies, Some(value)) if is_bearer(value) => Credentials::Program(Secret::new(value)),
        (Authentication::Cookies, _) => Credentials::Browser(secrets_of(headers, secure)),
    }
}

fn is_bearer(authorization: &str) -> bool {
    authorization.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"))
}

fn secrets_of(headers: &HeaderMap, secure: bool) -> BrowserSecrets {
    let read = |cookie: Cookie| Secret::new(cookie.read(headers, secure).unwrap_or_default());
    BrowserSecrets {
        session: read(Cookie::Session),
        registration: read(Cookie::Register),
        recovery: read(Cookie::Recover),
        recovery_link: read(Cookie::Link),
        owner_link: read(Cookie::Owner),
        not_me_link: read(Cookie::NotMe),
    }
}

impl Admission {
    /// What needs nothing but the request itself.
    fn screen(&self, request: &Request) -> Result<Screened, Refusal> {
        let (site, rule, headers) = (&self.site, &self.rule, request.headers());
        if rule.origin == Origin::ThisMachine && !is_local(request) {
            return Err(Refusal::NotLocal);
        }
        if !origin::is_allowed(rule, request.method(), headers, site.host.origin()) {
            return Err(Refusal::Forged);
        }
        let client = request.extensions().get::<ClientAddress>();
        let client = client.map_or(Ipv4Addr::UNSPECIFIED.into(), |client| client.0);
        let services = site.services();
        let admitted = site.buckets.admit(rule.throttle, client, &services.settings(), services.clock.now());
        admitted.map_err(Refusal::TooMany)?;
        let credentials = credentials_of(rule.authentication, headers, site.app.secure_cookies);
        Ok(Screened { credentials, reads_metrics: health::reads_metrics(site, request) })
    }

    async fn admit(&self, found: Screened) -> Result<Admitted, Refusal> {
        let requester = principal::resolve(self.site.services(), found.credentials, found.reads_metrics).await;
        requester.map_err(Refusal::Failed)?.admit(self.rule.access).map_err(Refusal::Denied)
    }

    /// The request with its body, and for a form with where to go back to.
    async fn read(&self, request: Request) -> Result<Request, Response> {
        if request.body().is_end_stream() && self.rule.method == Method::GET {
            return Ok(request);
        }
        let format = RefusalFormat::new(&self.site, request.headers());
        let request = body::read(self.rule.body, self.site.limits.body, request).await;
        let request = request.map_err(|status| {
            self.site.metrics.refused("body");
            answer(&self.site, format, status, &Problem::BadRequest)
        })?;
        let DenialStyle::Form { page, shown } = self.rule.denial else { return Ok(request) };
        let (mut parts, body) = request.into_parts();
        // Whole already, so this neither waits nor fails.
        let form = to_bytes(body, usize::MAX).await.unwrap_or_default();
        parts.extensions.insert(FormReturn::new(page, shown, &form));
        Ok(Request::from_parts(parts, HttpBody::from(form)))
    }

    async fn refuse(&self, refusal: Refusal, request: Request) -> Response {
        let site = &self.site;
        match refusal {
            Refusal::NotLocal => {
                site.metrics.refused("not_local");
                // As for any address that is not there.
                (self.draw)(request).await
            }
            Refusal::Forged => {
                site.metrics.refused("origin");
                // The word is OWASP's: a request forged across sites.
                tracing::warn!(event = "malicious_csrf", "a request from another site was refused");
                self.tell(&Problem::Forbidden, &request)
            }
            Refusal::TooMany(limit) => {
                site.metrics.refused(limit.name());
                let meta = meta_of(&site.app, request.extensions(), request.headers());
                self.remember(limit, meta).await;
                self.explain(Problem::SlowDown, request).await
            }
            Refusal::Denied(denial) => {
                site.metrics.refused("access");
                self.deny(denial, request).await
            }
            Refusal::Failed(failure) => {
                self.explain(PublicError::from(failure).into_problem(site.services()), request).await
            }
        }
    }

    /// Writes down that requests come too often: once a minute for an address.
    async fn remember(&self, limit: Limit, meta: RequestMeta) {
        let Some(kind) = self.rule.throttle.kind() else { return };
        let services = self.site.services();
        if let Err(failure) = refusals::too_many(services, &meta, kind, limit.reason()).await {
            services.report(&failure);
        }
    }

    async fn deny(&self, denial: Denial, request: Request) -> Response {
        let problem = PublicError::from(denial).into_problem(self.site.services());
        match way_on(denial) {
            WayOn::Page(page) if self.rule.denial == DenialStyle::Page => {
                let mut response = (StatusCode::SEE_OTHER, [(LOCATION, page)]).into_response();
                if denial != Denial::AlreadySignedIn {
                    return_to::note_page(&self.site, request.uri(), response.headers_mut());
                }
                response
            }
            WayOn::Page(_) | WayOn::None => self.explain(problem, request).await,
            WayOn::ForPrograms => self.tell(&problem, &request),
        }
    }

    /// Tells a problem in the way of the route.
    async fn explain(&self, problem: Problem, mut request: Request) -> Response {
        match self.rule.denial {
            DenialStyle::Page => {
                request.extensions_mut().insert(PageRefusal(problem));
                (self.draw)(request).await
            }
            DenialStyle::Form { .. } if wants_page(request.headers()) => match self.read(request).await {
                Ok(request) => lead_back(&request, problem, self.site.app.secure_cookies),
                Err(refused) => refused,
            },
            DenialStyle::Form { .. } | DenialStyle::Problem => self.tell(&problem, &request),
        }
    }

    fn tell(&self, problem: &Problem, request: &Request) -> Response {
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::FORBIDDEN);
        let mut response = answer(&self.site, RefusalFormat::new(&self.site, request.headers()), status, problem);
        if status == StatusCode::UNAUTHORIZED && self.rule.authentication == Authentication::Credentials {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Where a denial leaves its requester.
enum WayOn {
    /// At the page where what stands in the way can be done.
    Page(&'static str),
    /// Nowhere: the reason stands in the place of what was asked for.
    None,
    /// Nowhere, and it is a program, which reads no pages.
    ForPrograms,
}

const fn way_on(denial: Denial) -> WayOn {
    match denial {
        Denial::NotSignedIn | Denial::SecondFactorFirst => WayOn::Page(paths::SIGN_IN),
        Denial::ChangePasswordFirst => WayOn::Page(paths::ACCOUNT_PASSWORD),
        Denial::AlreadySignedIn => WayOn::Page(paths::ACCOUNT),
        Denial::NotFresh | Denial::RightMissing(_) | Denial::NoJourney(_) | Denial::NotMetricsReader => WayOn::None,
        Denial::ProgramsOnly | Denial::BrowsersOnly | Denial::CredentialsRefused | Denial::ScopeMissing(_) => {
            WayOn::ForPrograms
        }
    }
}

/// Back to the page of a form, with the problem and what had been typed.
fn lead_back(request: &Request, problem: Problem, secure: bool) -> Response {
    let Some(form) = request.extensions().get::<FormReturn>() else { return StatusCode::FORBIDDEN.into_response() };
    let (page, flash) = form.carry(problem, secure);
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, page)]).into_response();
    if let Some(line) = flash {
        response.headers_mut().append(SET_COOKIE, line);
    }
    response
}
