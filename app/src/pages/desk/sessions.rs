//! The browsers that are signed in.

use leptos::prelude::*;
use rekey_shared::view::SessionView;
use rekey_shared::{Lang, MessageId, Timestamp, text};
use server_fn::ServerFn as _;

use crate::api::{EndOthers, EndSession};
use crate::components::{
    DataResource, Desk, ErrorSummary, FormState, Loaded, Notice, PageTitle, PostForm, Submit, drawn,
};
use crate::{paths, start};

/// What happens after a session was ended here.
#[derive(Clone, Copy)]
struct After {
    data: DataResource,
    notice: RwSignal<Option<&'static str>>,
}

impl After {
    fn ended(self, notice: MessageId) -> Callback<()> {
        Callback::new(move |()| {
            self.notice.set(Some(notice.text(start::lang())));
            self.data.refetch();
        })
    }
}

pub(in crate::pages) fn page(data: DataResource) -> AnyView {
    let lang = start::lang();
    let done = super::super::just_done();
    let said = match done.get_untracked().as_deref() {
        Some("ended") => Some(MessageId::SESSION_ENDED.text(lang)),
        Some("others") => Some(MessageId::OTHERS_ENDED.text(lang)),
        _ => None,
    };
    let notice = RwSignal::new(said);
    provide_context(After { data, notice });
    view! {
        <Desk here=paths::ACCOUNT_SESSIONS>
            <PageTitle title=MessageId::SESSIONS.text(lang)/>
            <p class="lead">{MessageId::SESSIONS_LEAD.text(lang)}</p>
            <Notice text=notice/>
            <Loaded data view=|data| drawn(data, list)/>
        </Desk>
    }
    .into_any()
}

fn list(sessions: Vec<SessionView>) -> AnyView {
    let lang = start::lang();
    let state = FormState::new(paths::ACCOUNT_SESSIONS, EndOthers::PATH);
    let stay = use_context::<After>().map(|after| after.ended(MessageId::OTHERS_ENDED));
    let others = sessions.len() > 1;
    let rows = sessions.into_iter().map(|session| view! { <Row session lang/> }).collect_view();
    let foot = if others {
        let stay = stay.unwrap_or_else(|| Callback::new(|()| {}));
        view! {
            <PostForm to=EndOthers::PATH state stay>
                <Submit state label=MessageId::END_OTHERS busy=MessageId::ENDING class="btn danger"/>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <p class="empty">{MessageId::NO_OTHERS.text(lang)}</p> }.into_any()
    };
    view! {
        <ErrorSummary state/>
        <ul class="list">{rows}</ul>
        {foot}
    }
    .into_any()
}

#[component]
fn Row(session: SessionView, lang: Lang) -> impl IntoView {
    let device = text::device(&session.device, lang);
    let state = FormState::new("", EndSession::PATH);
    let stay = use_context::<After>().map(|after| after.ended(MessageId::SESSION_ENDED));
    let stay = stay.unwrap_or_else(|| Callback::new(|()| {}));
    let label = text::end_session(&device, lang);
    let end = (!session.current).then(|| {
        view! {
            <PostForm to=EndSession::PATH state stay>
                <input type="hidden" name="session" value=session.id.to_string()/>
                <Submit
                    state
                    label=MessageId::END
                    busy=MessageId::ENDING
                    class="btn quiet small"
                    aria=label
                />
            </PostForm>
        }
    });
    let since = |what: MessageId, at: Timestamp| {
        view! { <span>{what.text(lang)} " " <span class="moment">{at.written(lang)}</span></span> }
    };
    let here = session.current.then(|| view! { <span class="chip">{MessageId::THIS_BROWSER.text(lang)}</span> });
    view! {
        <li class="row">
            <div class="row-main">
                <ErrorSummary state/>
                <p class="row-title">{device} " " {here}</p>
                <p class="muted seen">
                    {since(MessageId::SIGNED_IN_AT, session.created_at)} " "
                    {since(MessageId::LAST_SEEN, session.last_used_at)}
                </p>
                <p class="muted">{session.place}</p>
            </div>
            {end}
        </li>
    }
}
