//! The browsers that are signed in.

use leptos::prelude::*;
use rekey_shared::view::SessionView;
use rekey_shared::{Lang, MessageId, Timestamp, text};
use server_fn::ServerFn as _;

use crate::api::{EndOthers, EndSession};
use crate::components::{ErrorSummary, FormState, Moment, Notice, PageTitle, PostForm, Submit};
use crate::page_context;
use crate::pages::{DataResource, MenuEntry, PageRoute, just_done, show};
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_service::sessions,
};

/// The list of signed-in browsers, each with a button that signs it out.
pub(crate) struct AccountSessions;

impl PageRoute for AccountSessions {
    const PATH: &'static str = paths::ACCOUNT_SESSIONS;
    const MENU: Option<MenuEntry> =
        Some(MenuEntry { label: MessageId::SESSIONS, icon: "M3 5h18v11H3zM8 20h8M12 16v4" });
    type Data = Vec<SessionView>;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_ACCOUNT;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::SignedIn];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<Vec<SessionView>> {
        Ok(sessions::list(&request.services, request.person()?.caller()).await?)
    }

    fn view(sessions: Vec<SessionView>) -> AnyView {
        list(sessions)
    }

    // Heading and notice stay while the list is fetched again.
    fn body(data: DataResource) -> AnyView {
        let lang = page_context::lang();
        let said = if just_done("ended").get_untracked() {
            Some(MessageId::SESSION_ENDED.text(lang))
        } else if just_done("others").get_untracked() {
            Some(MessageId::OTHERS_ENDED.text(lang))
        } else {
            None
        };
        let notice = RwSignal::new(said);
        provide_context(AfterEnding { data, notice });
        view! {
            <PageTitle title=MessageId::SESSIONS.text(lang)/>
            <p class="lead">{MessageId::SESSIONS_LEAD.text(lang)}</p>
            <Notice text=notice/>
            {show::<Self>(data)}
        }
        .into_any()
    }
}

/// What happens after a session was ended here.
#[derive(Clone, Copy)]
struct AfterEnding {
    data: DataResource,
    notice: RwSignal<Option<&'static str>>,
}

impl AfterEnding {
    fn say(self, notice: MessageId) -> Callback<()> {
        Callback::new(move |()| {
            self.notice.set(Some(notice.text(page_context::lang())));
            self.data.refetch();
        })
    }
}

fn list(sessions: Vec<SessionView>) -> AnyView {
    let lang = page_context::lang();
    let state = FormState::new(paths::ACCOUNT_SESSIONS, EndOthers::PATH);
    let stay = use_context::<AfterEnding>().map(|after| after.say(MessageId::OTHERS_ENDED));
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
    let stay = use_context::<AfterEnding>().map(|after| after.say(MessageId::SESSION_ENDED));
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
        view! { <span>{what.text(lang)} " " <Moment at lang/></span> }
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
