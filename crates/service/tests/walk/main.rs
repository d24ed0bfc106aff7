//! The walks over the model again, through the real services over real databases: after every step both must agree.
//!
//! The model is the one that `domain/tests/walk` walks exhaustively, so that what is proven there holds for the program.
//! Of the three methods two are doubles, whose answers only the test knows. A walk that fails prints its seed.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

#[allow(dead_code, reason = "the exhaustive walk, which shares it, needs more of it")]
#[path = "../../../domain/tests/walk/model/mod.rs"]
mod model;
mod site;

use model::{Cast, Event, Typed, World, events};
use rekey_testkit::Database;
use site::Site;

/// Walks over each database, spread over several of them, since the clock of one stands still for one walk at a time.
const WALKS: u64 = 1000;
const DATABASES: u64 = 2;
const DEPTH: usize = 8;
/// Where the walks begin; `REKEY_WALK_SEED` begins them elsewhere.
const SEED: u64 = 20_261_120;

const CASTS: [Cast; 3] = [[Some(0), Some(1)], [Some(0), Some(0)], [Some(0), None]];

/// Random numbers that are the same for the same seed (splitmix64).
struct SeededRng(u64);

impl SeededRng {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).expect("below")
    }
}

/// The next step: anything at all one time in three, else something that changes the world, and an end when there is one
/// every other time. Steps drawn evenly would seldom get past the first gate.
fn draw(rng: &mut SeededRng, world: &World, all: &[Event]) -> Event {
    let (kind, ending) = (rng.below(3), rng.below(2) == 0);
    let changes: Vec<_> = all.iter().filter(|event| world.apply(**event).0 != *world).collect();
    let ends: Vec<_> =
        changes.iter().filter(|event| world.apply(***event).0.completions() > world.completions()).collect();
    match (kind, ending) {
        (0, _) => all[rng.below(all.len())],
        (_, true) if !ends.is_empty() => **ends[rng.below(ends.len())],
        (_, _) => *changes[rng.below(changes.len())],
    }
}

/// One walk; how many journeys it brought to their end.
async fn walk(site: &mut Site, seed: u64) -> u32 {
    let mut rng = SeededRng(seed);
    let cast = CASTS[rng.below(CASTS.len())];
    let policy = rng.below(model::policies().len());
    let typed = [Typed::Right, Typed::Right, Typed::Wrong, Typed::OtherJourneys, Typed::OtherGates];
    let all = events(cast, &typed);
    let mut world = World::new(cast, policy);
    site.begin(cast, policy).await;
    // Half of them begin with both messages sent.
    let mut planned = if rng.below(2) == 0 { vec![Event::Resolve(1), Event::Resolve(0)] } else { Vec::new() };
    let mut done = Vec::new();
    for _ in 0..DEPTH {
        let event = planned.pop().unwrap_or_else(|| draw(&mut rng, &world, &all));
        let (next, expected) = world.apply(event);
        done.push(event);
        let said = site.apply(event).await;
        assert_eq!(said, expected, "seed {seed}: {done:#?}\n{world:#?}");
        for which in 0..2 {
            assert_eq!(site.rows(which).await, next.seen(which).rows(), "seed {seed}, journey {which}: {done:#?}");
        }
        world = next;
    }
    for which in 0..2 {
        assert_eq!(site.pages(which).await, world.seen(which).pages(), "seed {seed}, journey {which}: {done:#?}");
    }
    world.completions()
}

#[expect(clippy::disallowed_methods, reason = "it says how long the walks take")]
async fn walk_all(make: impl AsyncFn() -> Database) {
    let start = std::time::Instant::now();
    let seed = std::env::var("REKEY_WALK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    println!("seed {seed}");
    let mut tasks = Vec::new();
    for nth in 0..DATABASES {
        let mut site = Site::over(make().await).await;
        tasks.push(tokio::spawn(async move {
            let mut ends = 0;
            for n in 0..WALKS {
                ends += walk(&mut site, seed + nth * WALKS + n).await;
            }
            ends
        }));
    }
    let mut ends = 0;
    for task in tasks {
        ends += task.await.expect("a walk and the model part");
    }
    println!("{} walks, {ends} ends, {:.0?}", DATABASES * WALKS, start.elapsed());
    assert!(u64::from(ends) > DATABASES * WALKS / 5, "the walks get somewhere: {ends}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_and_model_agree_at_every_step_over_sqlite() {
    walk_all(Database::sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_and_model_agree_at_every_step_over_postgresql() {
    walk_all(Database::postgres).await;
}
