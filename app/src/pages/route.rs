//! What a page is, and what a group of pages is that is fetched together.

use leptos::prelude::*;
use leptos_router::{ParamSegment, PartialPathMatch, PathSegment, PossibleRouteMatch, StaticSegment};
#[cfg(feature = "ssr")]
use rekey_domain::access::Access;
use rekey_shared::MessageId;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(feature = "ssr")]
use super::request::{PageRequest, PageResult};
use super::{DataResource, show};

/// A page, all of it in one file: its path, who may open it, what it is drawn from, how that is loaded, and how it is
/// drawn.
pub(crate) trait PageRoute: Sized + 'static {
    /// Its address: static segments, and parameters such as `:id`.
    const PATH: &'static str;

    /// Whether it depends on what the server knows. A page that is the same for everyone is drawn without a request.
    const ASKS: bool = true;

    /// Whether every browser without a cookie of ours is shown the same: what was drawn for one is sent to all.
    #[cfg(feature = "ssr")]
    const SHARED: bool = false;

    /// What it is about, for search engines and for lists of pages.
    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId;

    /// Its entry in the menu of the layout around it.
    const MENU: Option<MenuEntry> = None;

    /// What it is drawn from. Only the chunk that has the page knows how to read it.
    type Data: Serialize + DeserializeOwned;

    /// Who may open it, and ask for its data: anyone who meets one of these.
    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access];

    /// Loads its data on the server. Changes nothing.
    #[cfg(feature = "ssr")]
    fn load(request: PageRequest) -> impl Future<Output = PageResult<Self::Data>> + Send;

    /// Draws it.
    fn view(data: Self::Data) -> AnyView;

    /// What stands inside the layout: the page as soon as its data is there. For a page to replace that shows
    /// something earlier.
    fn body(data: DataResource) -> AnyView {
        show::<Self>(data)
    }
}

/// An entry in a menu.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MenuEntry {
    pub label: MessageId,
    /// The path of its icon, 24 units wide and high.
    pub icon: &'static str,
}

/// Pages that share a layout and are fetched together. Implemented by [`page_group!`].
pub(crate) trait PageGroup: Copy + Send + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// [`PageRoute::PATH`].
    fn path(self) -> &'static str;

    /// [`PageRoute::ASKS`].
    fn asks(self) -> bool;

    /// [`PageRoute::MENU`].
    fn menu(self) -> Option<MenuEntry>;

    /// [`PageRoute::body`]. To be called in the group's own chunk, which it would move elsewhere otherwise.
    fn body(self, data: DataResource) -> AnyView;

    /// Its row.
    #[cfg(feature = "ssr")]
    fn to_entry(self) -> super::request::PageEntry;
}

/// Declares a group of pages: an enum with a variant for each of the pages that `module::Page` names.
macro_rules! page_group {
    ($(#[$doc:meta])* $group:ident { $($module:ident :: $page:ident),+ $(,)? }) => {
        $(pub(crate) use $module::$page;)+

        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        #[allow(clippy::enum_variant_names, reason = "the pages' own names")]
        pub(crate) enum $group {
            $(
                #[doc = concat!("[`", stringify!($page), "`].")]
                $page,
            )+
        }

        impl $crate::pages::PageGroup for $group {
            const ALL: &'static [Self] = &[$(Self::$page),+];

            fn path(self) -> &'static str {
                match self { $(Self::$page => <$page as $crate::pages::PageRoute>::PATH),+ }
            }

            fn asks(self) -> bool {
                match self { $(Self::$page => <$page as $crate::pages::PageRoute>::ASKS),+ }
            }

            fn menu(self) -> Option<$crate::pages::MenuEntry> {
                match self { $(Self::$page => <$page as $crate::pages::PageRoute>::MENU),+ }
            }

            fn body(self, data: $crate::pages::DataResource) -> leptos::prelude::AnyView {
                match self { $(Self::$page => <$page as $crate::pages::PageRoute>::body(data)),+ }
            }

            #[cfg(feature = "ssr")]
            fn to_entry(self) -> $crate::pages::PageEntry {
                match self { $(Self::$page => $crate::pages::PageEntry::of::<$page>()),+ }
            }
        }
    };
}
pub(crate) use page_group;

/// A [`PageRoute::PATH`] as the router matches it. One type for all pages, so that the router is compiled once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern(pub &'static str);

impl Pattern {
    fn segments(self) -> impl Iterator<Item = Segment> {
        let named = self.0.split('/').skip(1);
        named.map(|part| part.strip_prefix(':').map_or(Segment::Static(part), Segment::Parameter))
    }

    /// The same in the notation of the server's router.
    #[cfg(feature = "ssr")]
    pub(super) fn for_server(self) -> String {
        let written = self.segments().map(|segment| match segment {
            Segment::Static(name) => format!("/{name}"),
            Segment::Parameter(name) => format!("/{{{name}}}"),
        });
        written.collect()
    }
}

impl PossibleRouteMatch for Pattern {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let (mut rest, mut parameters) = (path, Vec::new());
        for segment in self.segments() {
            let matched = match segment {
                Segment::Static(name) => StaticSegment(name).test(rest),
                Segment::Parameter(name) => ParamSegment(name).test(rest),
            }?;
            rest = matched.remaining();
            parameters.extend(matched.params());
        }
        Some(PartialPathMatch::new(rest, parameters, &path[..path.len() - rest.len()]))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.extend(self.segments().map(|segment| match segment {
            Segment::Static(name) => PathSegment::Static(name.into()),
            Segment::Parameter(name) => PathSegment::Param(name.into()),
        }));
    }
}

#[derive(Debug, Clone, Copy)]
enum Segment {
    Static(&'static str),
    Parameter(&'static str),
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn matches(pattern: &'static str, path: &str) -> bool {
        Pattern(pattern).test(path).is_some_and(|matched| matched.is_complete())
    }

    #[test]
    fn a_pattern_matches_its_own_path_and_no_other() {
        for (pattern, path) in [("/", "/"), ("/recover", "/recover"), ("/recover/new", "/recover/new")] {
            assert!(matches(pattern, path), "{pattern}");
        }
        for (pattern, path) in
            [("/", "/recover"), ("/recover", "/"), ("/recover", "/recover/new"), ("/recover", "/reco")]
        {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn a_parameter_takes_one_segment() {
        let matched = Pattern("/people/:id/edit").test("/people/7/edit").expect("matches");
        assert_eq!(matched.params(), &[("id".into(), "7".to_owned())]);
        assert!(!matches("/people/:id", "/people") && !matches("/people/:id", "/people/7/edit"));
        assert_eq!(Pattern("/people/:id").for_server(), "/people/{id}");
    }
}
