//! Bodies are of their route's kind, within its limit, and come at once (API-2).

use std::time::Duration;

use axum::body::{Body as HttpBody, HttpBody as _, to_bytes};
use axum::extract::Request;
use http::{HeaderMap, StatusCode};
use http_body_util::{LengthLimitError, Limited};

use super::origin::media_type;
use crate::routes::Body;

/// The time that a whole body gets.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A request whose body is of the kind that its route takes. `form_limit` is the limit on forms.
///
/// 413 beyond the limit, announced or not; 408 when it does not come; 415 when it is of another kind.
pub async fn read(kind: Body, form_limit: usize, request: Request) -> Result<Request, StatusCode> {
    let limit = match kind {
        Body::None => 0,
        Body::Form => form_limit,
        Body::Json { limit } | Body::Upload { limit } => limit,
    };
    if matches!(kind, Body::Json { .. }) && !is_json(request.headers()) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let (parts, body) = request.into_parts();
    if body.size_hint().lower() > limit as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let body = match kind {
        Body::Upload { .. } => HttpBody::new(Limited::new(body, limit)),
        Body::None | Body::Form | Body::Json { .. } if body.is_end_stream() => body,
        Body::None | Body::Form | Body::Json { .. } => whole(body, limit, TIMEOUT).await?,
    };
    Ok(Request::from_parts(parts, body))
}

async fn whole(body: HttpBody, limit: usize, patience: Duration) -> Result<HttpBody, StatusCode> {
    match tokio::time::timeout(patience, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(HttpBody::from(bytes)),
        Ok(Err(error)) if is_too_long(&error) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>)
}

/// JSON under any of its names: `application/json`, `…+json`, and the older one of browsers' reports.
fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|kind| {
        let kind = kind.to_ascii_lowercase();
        kind == "application/json" || kind == "application/csp-report" || kind.ends_with("+json")
    })
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;

    use super::*;

    async fn read_as(kind: Body, media: &str, length: usize) -> Result<usize, StatusCode> {
        let request = Request::builder().header(CONTENT_TYPE, media).body(HttpBody::from(vec![b'x'; length]));
        let request = read(kind, 8, request.expect("a request")).await?;
        let whole = to_bytes(request.into_body(), 1000).await.map_err(|_| StatusCode::IM_A_TEAPOT)?;
        Ok(whole.len())
    }

    #[tokio::test]
    async fn a_body_is_of_its_kind_and_within_its_limit() {
        let too_large = Err(StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(read_as(Body::None, "text/plain", 0).await, Ok(0));
        assert_eq!(read_as(Body::None, "text/plain", 1).await, too_large);
        assert_eq!(read_as(Body::Form, "", 8).await, Ok(8));
        assert_eq!(read_as(Body::Form, "", 9).await, too_large);
        for media in ["application/json", "Application/JSON; charset=utf-8", "application/scim+json"] {
            assert_eq!(read_as(Body::Json { limit: 4 }, media, 4).await, Ok(4), "{media}");
            assert_eq!(read_as(Body::Json { limit: 4 }, media, 5).await, too_large, "{media}");
        }
        for media in ["", "text/plain", "application/x-www-form-urlencoded"] {
            let refused = read_as(Body::Json { limit: 4 }, media, 4).await;
            assert_eq!(refused, Err(StatusCode::UNSUPPORTED_MEDIA_TYPE), "{media}");
        }
        assert_eq!(read_as(Body::Upload { limit: 4 }, "text/csv", 4).await, Ok(4));
        assert_eq!(read_as(Body::Upload { limit: 4 }, "text/csv", 5).await, too_large);
    }

    /// A byte now and then, and no end.
    fn dripping(every: Duration) -> HttpBody {
        let piece = || Ok::<_, std::convert::Infallible>(axum::body::Bytes::from_static(b"x"));
        let drops = futures_util::stream::unfold((), move |()| async move {
            tokio::time::sleep(every).await;
            Some((piece(), ()))
        });
        HttpBody::from_stream(drops)
    }

    #[tokio::test]
    async fn a_body_that_drips_has_no_more_time_than_one_that_does_not_come() {
        let patience = Duration::from_millis(200);
        for body in [dripping(Duration::from_millis(10)), dripping(Duration::from_secs(3600))] {
            assert_eq!(whole(body, usize::MAX, patience).await.err(), Some(StatusCode::REQUEST_TIMEOUT));
        }
        assert!(whole(HttpBody::from("all at once"), usize::MAX, patience).await.is_ok());
        // A patient one reads on, up to the limit.
        let read = whole(dripping(Duration::from_millis(1)), 8, Duration::from_secs(60)).await;
        assert_eq!(read.err(), Some(StatusCode::PAYLOAD_TOO_LARGE));
    }

    #[tokio::test]
    async fn an_upload_is_handed_on_before_it_is_whole_and_ends_at_its_limit() {
        let piece = || Ok::<_, std::convert::Infallible>(axum::body::Bytes::from_static(b"xxxx"));
        let endless = HttpBody::from_stream(futures_util::stream::repeat_with(piece));
        let request = read(Body::Upload { limit: 10 }, 0, Request::new(endless)).await.expect("it is not read here");
        assert!(to_bytes(request.into_body(), usize::MAX).await.is_err(), "more than the limit");
    }
}
