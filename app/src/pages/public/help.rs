//! Help: answers to what is asked most.

use leptos::prelude::*;
use rekey_shared::{Lang, MessageId};

use crate::components::PageTitle;
use crate::page_context;
use crate::pages::PageRoute;
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
};

/// A question and its answers.
type Entry = (MessageId, &'static [MessageId]);

const ENTRIES: [Entry; 5] = [
    (MessageId::HELP_CODE, &[MessageId::HELP_CODE_1, MessageId::HELP_CODE_2, MessageId::HELP_CODE_3]),
    (MessageId::HELP_LOST, &[MessageId::HELP_LOST_1, MessageId::HELP_LOST_2]),
    (MessageId::HELP_REFUSED, &[MessageId::HELP_REFUSED_1]),
    (MessageId::HELP_CHOOSE, &[MessageId::HELP_CHOOSE_1, MessageId::HELP_CHOOSE_2]),
    (MessageId::HELP_STRANGE, &[MessageId::HELP_STRANGE_1, MessageId::HELP_STRANGE_2]),
];

/// Help.
pub(crate) struct Help;

impl PageRoute for Help {
    const PATH: &'static str = paths::HELP;
    const ASKS: bool = false;
    type Data = ();

    #[cfg(feature = "ssr")]
    const SHARED: bool = true;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_HELP;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(_: PageRequest) -> PageResult<()> {
        Ok(())
    }

    fn view((): ()) -> AnyView {
        let lang = page_context::lang();
        view! {
            <PageTitle title=MessageId::HELP_TITLE.text(lang)/>
            <p class="lead">{MessageId::HELP_LEAD.text(lang)}</p>
            <div class="answers">
                {ENTRIES.map(|entry| answer(entry, lang)).collect_view()}
                <section>
                    <h2>{MessageId::HELP_PERSON.text(lang)}</h2>
                    {person(lang)}
                </section>
            </div>
        }
        .into_any()
    }
}

fn answer((question, answers): Entry, lang: Lang) -> impl IntoView {
    let answers = answers.iter().map(|answer| view! { <p>{answer.text(lang)}</p> }).collect_view();
    view! { <section><h2>{question.text(lang)}</h2>{answers}</section> }
}

fn person(lang: Lang) -> AnyView {
    match page_context::site().help_url {
        Some(url) => view! { <p><a href=url rel="external">{MessageId::ASK_HELP_DESK.text(lang)}</a></p> }.into_any(),
        None => view! { <p>{MessageId::HELP_PERSON_NONE.text(lang)}</p> }.into_any(),
    }
}
