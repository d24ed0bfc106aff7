use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_165_505_000); // 2026-11-20T09:05:05Z

fn target() -> TextTarget {
    TextTarget {
        number: "n".to_owned(),
        prefix: "1202555".to_owned(),
        network: Some("w".to_owned()),
        country: "US".to_owned(),
        segments: 2,
        with_work: true,
        asked_before: false,
    }
}

fn keys(limits: &TextLimits, text_use: TextUse) -> Vec<String> {
    keys_of(limits, text_use, &target())
}

fn keys_of(limits: &TextLimits, text_use: TextUse, target: &TextTarget) -> Vec<String> {
    let demands = limits.demands(text_use, target, NOW);
    let short = |demand: &Demand| {
        let parts: Vec<_> = demand.key.split('/').collect();
        format!("{} {} {} {}", parts[0], parts[1], parts[3..].join("/"), demand.limit)
    };
    demands.iter().map(short).collect()
}

#[test]
fn a_registration_is_held_to_every_count_and_to_less_of_those_that_are_shared() {
    assert_eq!(
        keys(&TextLimits::RECOMMENDED, TextUse::Registration),
        [
            "number hour registration/n 5",
            "number day registration/n 10",
            "prefix hour 1202555 60",
            "prefix day 1202555 200",
            "network hour w 20",
            "network day w 60",
            "country hour registration/US 210",
            "country hour US 300",
            "country day registration/US 1400",
            "country day US 2000",
            "total hour registration/all 210",
            "total hour all 300",
            "total day registration/all 1400",
            "total day all 2000",
            "budget day registration/all 2100",
            "budget day all 3000",
            "budget month registration/all 21000",
            "budget month all 30000",
        ]
    );
}

#[test]
fn no_count_of_a_stranger_holds_an_owner() {
    let recovery = keys(&TextLimits::RECOMMENDED, TextUse::Recovery);
    assert_eq!(recovery[0], "number hour recovery/n 5");
    let notice = keys(&TextLimits::RECOMMENDED, TextUse::Notice);
    assert_eq!(recovery[1..], notice[..]);
    assert!(notice.iter().all(|key| !key.contains("registration") && !key.starts_with("prefix")), "{notice:?}");
}

#[test]
fn what_is_asked_for_without_work_has_counts_of_its_own_in_front_of_the_others() {
    let idle = TextTarget { with_work: false, ..target() };
    let recovery = keys_of(&TextLimits::RECOMMENDED, TextUse::Recovery, &idle);
    assert_eq!(
        recovery[..5],
        [
            "number hour recovery/n 5",
            // By the hour alone: an owner without scripts is not kept out for a day.
            "without_work hour recovery 40",
            "country hour without_work/recovery/US 150",
            "country hour US 300",
            "country day without_work/recovery/US 1000",
        ]
    );
    for (text_use, caps) in [(TextUse::Registration, 2), (TextUse::Recovery, 1)] {
        let (with, without) =
            (keys(&TextLimits::RECOMMENDED, text_use), keys_of(&TextLimits::RECOMMENDED, text_use, &idle));
        let own: Vec<_> = without.iter().filter(|key| !with.contains(key)).collect();
        assert!(own.iter().all(|key| key.contains("without_work")), "{own:?}");
        assert_eq!(own.len(), caps + 6);
        assert!(with.iter().all(|key| without.contains(key)), "the counts that others add to hold here too");
    }
    let notice = keys_of(&TextLimits::RECOMMENDED, TextUse::Notice, &idle);
    assert_eq!(notice, keys(&TextLimits::RECOMMENDED, TextUse::Notice), "no one asks for a notice");
}

#[test]
fn however_large_their_caps_requests_without_work_leave_half_of_what_is_shared() {
    let large = TextCap { per_hour: 1_000_000, per_day: 1_000_000 };
    let limits = TextLimits { without_work: large, budget_day: 10, owner_share: 30, ..TextLimits::RECOMMENDED };
    let idle = TextTarget { with_work: false, ..target() };
    let registration = keys_of(&limits, TextUse::Registration, &idle);
    assert!(registration.contains(&"budget day without_work/registration/all 3".to_owned()), "{registration:?}");
    assert!(registration.contains(&"budget day registration/all 7".to_owned()));
}

#[test]
fn a_network_that_asked_before_leaves_what_is_kept_for_others() {
    let again = TextTarget { asked_before: true, ..target() };
    let limit = |target| keys_of(&TextLimits::RECOMMENDED, TextUse::Recovery, target)[0].clone();
    assert_eq!(
        (limit(&target()), limit(&again)),
        ("number hour recovery/n 5".into(), "number hour recovery/n 3".into())
    );
    let asker = |text_use, target: &TextTarget| TextLimits::RECOMMENDED.of_asker(text_use, target, NOW);
    assert_matches_key(asker(TextUse::Recovery, &target()).as_ref(), "recovery/n/w");
    assert_eq!(asker(TextUse::Registration, &target()), None);
    assert_eq!(asker(TextUse::Recovery, &TextTarget { network: None, ..target() }), None);
}

fn assert_matches_key(demand: Option<&Demand>, end: &str) {
    assert!(demand.is_some_and(|demand| demand.key.ends_with(end)), "{demand:?}");
}

#[test]
fn zero_switches_a_count_off() {
    let none = TextCap { per_hour: 0, per_day: 0 };
    let limits = TextLimits {
        number: none,
        prefix: none,
        network: none,
        country: none,
        total: none,
        without_work: none,
        budget_day: 0,
        budget_month: 0,
        ..TextLimits::RECOMMENDED
    };
    assert!(keys(&limits, TextUse::Registration).is_empty());
    assert!(keys_of(&limits, TextUse::Recovery, &TextTarget { with_work: false, ..target() }).is_empty());
}

#[test]
fn counts_are_always_asked_in_one_order() {
    for text_use in [TextUse::Registration, TextUse::Recovery, TextUse::Notice] {
        let idle = TextTarget { with_work: false, ..target() };
        let demands = TextLimits::RECOMMENDED.demands(text_use, &idle, NOW);
        let meters: Vec<_> = demands.iter().map(|demand| demand.meter).collect();
        assert!(meters.is_sorted(), "{meters:?}");
    }
    assert!(Meter::ALL.is_sorted());
}

#[test]
fn a_window_begins_and_ends_where_the_clock_and_the_calendar_say() {
    let at = |text| Timestamp::parse(text).expect("a time");
    let start = |window: Window, text| window.around(at(text));
    assert_eq!(start(Window::Day, "2026-11-20"), (at("2026-11-20"), at("2026-11-21")));
    assert_eq!(Window::Hour.around(NOW).0.as_millis(), 1_795_165_505_000 - (5 * 60 + 5) * 1000);
    assert_eq!(Window::Hour.around(NOW).1.since(Window::Hour.around(NOW).0).as_secs(), 3600);
    assert_eq!(start(Window::Month, "2026-12-31"), (at("2026-12-01"), at("2027-01-01")));
    assert_eq!(start(Window::Month, "2028-02-29"), (at("2028-02-01"), at("2028-03-01")));
}

#[test]
fn only_the_countries_that_are_listed_are_served() {
    let with = |countries: &[&str]| TextLimits {
        countries: countries.iter().map(|&it| it.to_owned()).collect(),
        ..TextLimits::RECOMMENDED
    };
    let (default, listed) = (with(&[]), with(&["JP", "CA"]));
    for (country, by_default, by_list) in
        [(Some("US"), true, false), (Some("JP"), false, true), (Some("CA"), false, true), (None, false, false)]
    {
        assert_eq!((default.serves(country, "US"), listed.serves(country, "US")), (by_default, by_list), "{country:?}");
    }
}

#[test]
fn a_message_costs_its_segments_at_the_price_of_its_country() {
    let limits = TextLimits { price: 3, prices: vec![("JP".to_owned(), 8)], ..TextLimits::RECOMMENDED };
    assert_eq!((limits.cost("US", 1), limits.cost("US", 2), limits.cost("JP", 2)), (3, 6, 16));
    assert_eq!(limits.cost("JP", 0), 8, "no message is free for want of segments");
}

#[test]
fn the_alarm_is_given_once_by_the_amount_that_reaches_it() {
    let (_, ends_at) = Window::Day.around(NOW);
    let (meter, window, key) = (Meter::Budget, Window::Day, String::new());
    let demand = Demand { meter, window, key, ends_at, amount: 3, limit: 10, of_registrations: false };
    let used: Vec<_> = (1..=12).filter(|used| demand.reaches_alarm(*used)).collect();
    assert_eq!(used, [8, 9, 10], "in steps of three, one of these is met and only one");
    assert!(demand.fits(7) && !demand.fits(8));
}

#[test]
fn a_prefix_is_seven_digits_and_never_the_last_four() {
    for (number, prefix) in
        [("+12025550123", "1202555"), ("+819012345678", "8190123"), ("+29021234", "2902"), ("+1234", ""), ("", "")]
    {
        assert_eq!(prefix_of(number), prefix, "{number}");
    }
}
