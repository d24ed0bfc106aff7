//! Lists of breached passwords as a browser meets them, and as they change under a running server.

use std::sync::Arc;

use http::StatusCode;
use rekey::breach::Breaches;
use rekey_breach::{Options, Shape, Width, import};
use rekey_service::ports::{Breach, BreachData as _};

use rekey_testkit::TestSite;

#[tokio::test]
async fn a_shard_is_found_by_the_first_bits_of_a_hash_alone() {
    let site = TestSite::router().start().await;
    let list = site.app().services().breaches.list().expect("the built-in list");
    let shape = Shape::of_list(&list).expect("a shape");
    let name = shape.name_of(shape.algorithm.digest("trustno1"));
    assert_eq!(name.len(), 1, "three bits of a hundred and sixty");
    let answer = site.get(&format!("/api/v1/breached/{name}?list={list}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(answer.header("cache-control"), "public, max-age=86400, immutable");
    assert_eq!(answer.header("etag"), format!("\"{list}-{name}\""));
    for wrong in [
        format!("/api/v1/breached/{name}"),
        format!("/api/v1/breached/{name}?list=sha1-16-3-1"),
        format!("/api/v1/breached/{name}{name}?list={list}"),
        format!("/api/v1/breached/1?list={list}"),
        format!("/api/v1/breached/%00?list={list}"),
        format!("/api/v1/breached/x?list={list}&list=2"),
    ] {
        assert_eq!(site.get(&wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn a_new_file_is_taken_up_and_a_bad_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (list, file) = (folder.path().join("list"), folder.path().join("breached.rkb"));
    let breaches = Arc::new(Breaches::new(file.clone(), None));
    let built_in = breaches.list();
    breaches.refresh();
    assert_eq!(breaches.list(), built_in);
    assert_eq!(breaches.look_up("trustno1").await, Breach::Found);

    // SHA-1 of "password" and nothing else.
    std::fs::write(&list, "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1\n").expect("written");
    let options = Options { min_count: 1, width: Width::Wide, now: 1_800_000_000 };
    import(&list, &file, options, &mut |_| {}).expect("imported");
    breaches.refresh();
    assert_eq!(breaches.list().as_deref(), Some("sha1-16-0-1800000000"));
    assert_eq!(breaches.look_up("password").await, Breach::Found);
    assert_eq!(breaches.look_up("trustno1").await, Breach::Clear);

    std::fs::write(folder.path().join("bad"), "nothing of ours").expect("written");
    std::fs::rename(folder.path().join("bad"), &file).expect("renamed");
    breaches.refresh();
    assert_eq!(breaches.look_up("password").await, Breach::Found, "the last good one is still in use");

    std::fs::remove_file(&file).expect("removed");
    breaches.refresh();
    assert_eq!(breaches.list(), built_in);
}

/// As root even a file without any permission is read: what no one can read as a file is a folder.
#[tokio::test]
async fn what_cannot_be_read_leaves_the_last_good_list_in_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("breached.rkb");
    let breaches = Breaches::new(file.clone(), None);
    let built_in = breaches.list();
    std::fs::create_dir(&file).expect("made");
    breaches.refresh();
    assert_eq!(breaches.list(), built_in);
    assert_eq!(breaches.look_up("trustno1").await, Breach::Found);

    std::fs::remove_dir(&file).expect("removed");
    let (list, options) =
        (folder.path().join("list"), Options { min_count: 1, width: Width::Wide, now: 1_800_000_000 });
    std::fs::write(&list, "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1\n").expect("written");
    import(&list, &file, options, &mut |_| {}).expect("imported");
    breaches.refresh();
    let imported = breaches.list();
    assert_ne!(imported, built_in);
    std::fs::remove_file(&file).expect("removed");
    std::fs::create_dir(&file).expect("made");
    breaches.refresh();
    assert_eq!(breaches.list(), imported);
    assert_eq!(breaches.look_up("password").await, Breach::Found);
}
