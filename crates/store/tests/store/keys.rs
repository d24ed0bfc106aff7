use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::journey::challenge::Challenge;
use rekey_domain::key::{DataKeyPurpose, RingKey, RingKeyUses, SealedDataKey, may_retire};
use rekey_domain::password::set::SetOccasion;
use rekey_domain::{ActionTokenId, ChallengeId, KeyId, PasswordHash};
use rekey_shared::Timestamp;
use rekey_store::{KeyTraces, Store};

use crate::given::{at, digest, id, in_parallel, mail, nodes, permit, with_account, with_recovery};
use crate::on_both;

const MARK: &str = ",keyid=AAAAAQ$";

fn key(n: u32, seconds: u64) -> RingKey {
    RingKey { id: KeyId(n), not_before: at(seconds), retired_at: None }
}

async fn write_down(store: &Store, keys: &[RingKey]) {
    let tx = store.begin_write().await.unwrap();
    for key in keys {
        assert!(tx.insert_ring_key(key).await.unwrap());
    }
    tx.commit().await.unwrap();
}

fn sealed(generation: i32, sealed: u8) -> SealedDataKey {
    SealedDataKey { purpose: DataKeyPurpose::Names, generation, not_before: at(0), sealed: vec![sealed; 5] }
}

async fn uses(store: &Store, from: Timestamp, before: Timestamp) -> RingKeyUses {
    store.ring_key_uses(KeyTraces { from, before, phc_mark: MARK }, at(10)).await.unwrap()
}

on_both! {
    async fn keys_come_back_by_their_moment_and_the_first_word_on_one_counts(db: Database) {
        let store = db.store().await;
        write_down(&store, &[key(u32::MAX, 20), key(1, 0)]).await;
        let tx = store.begin_write().await.unwrap();
        assert!(!tx.insert_ring_key(&key(1, 99)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.list_ring_keys().await.unwrap(), [key(1, 0), key(u32::MAX, 20)]);
    }

    async fn a_key_is_brought_forward_and_never_put_off(db: Database) {
        let store = db.store().await;
        let keys = [key(1, 0), key(2, 500), key(3, 600)];
        write_down(&store, &keys).await;
        let permit = may_retire(&keys, KeyId(3), RingKeyUses::default(), false, at(10)).unwrap();
        let tx = store.begin_write().await.unwrap();
        assert!(!tx.bring_ring_key_forward(KeyId(2), at(500)).await.unwrap());
        assert!(!tx.bring_ring_key_forward(KeyId(2), at(501)).await.unwrap());
        assert!(tx.bring_ring_key_forward(KeyId(2), at(40)).await.unwrap());
        assert!(tx.retire_ring_key(permit, at(10)).await.unwrap());
        assert!(!tx.bring_ring_key_forward(KeyId(3), at(40)).await.unwrap(), "retired");
        tx.commit().await.unwrap();
        let retired = RingKey { retired_at: Some(at(10)), ..keys[2] };
        assert_eq!(store.list_ring_keys().await.unwrap(), [key(1, 0), key(2, 40), retired]);
    }

    async fn a_key_is_retired_once(db: Database) {
        let nodes = nodes(&db).await;
        let keys = [key(1, 0), key(2, 20)];
        write_down(&nodes[0], &keys).await;
        let later = at(99_999);
        let permit = may_retire(&keys, KeyId(1), RingKeyUses::default(), false, later).unwrap();
        let won = in_parallel(&nodes, move |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let won = tx.retire_ring_key(permit, later).await.unwrap();
            tx.commit().await.unwrap();
            won
        })
        .await;
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        let retired = RingKey { retired_at: Some(later), ..keys[0] };
        assert_eq!(nodes[1].list_ring_keys().await.unwrap(), [retired, keys[1]]);
    }

    async fn of_a_crowd_that_seals_a_first_key_all_find_the_same_one(db: Database) {
        let nodes = nodes(&db).await;
        let won = in_parallel(&nodes, |store, n| async move {
            let tx = store.begin_write().await.unwrap();
            let won = tx.insert_data_key(&sealed(1, u8::try_from(n).unwrap())).await.unwrap();
            tx.commit().await.unwrap();
            won
        })
        .await;
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        let winner = won.iter().position(|won| *won).unwrap();
        assert_eq!(nodes[1].list_data_keys().await.unwrap(), [sealed(1, u8::try_from(winner).unwrap())]);
    }

    async fn a_key_is_sealed_anew_from_the_form_that_was_read(db: Database) {
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        assert!(tx.insert_data_key(&sealed(1, 7)).await.unwrap());
        assert!(tx.insert_data_key(&sealed(2, 8)).await.unwrap());
        assert!(!tx.reseal_data_key(&sealed(1, 9), vec![1]).await.unwrap(), "another form");
        assert!(tx.reseal_data_key(&sealed(1, 7), vec![9; 5]).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.list_data_keys().await.unwrap(), [sealed(1, 9), sealed(2, 8)]);
    }

    async fn the_last_secret_of_a_key_is_found_and_those_of_others_are_not(db: Database) {
        let store = db.store().await;
        assert_eq!(uses(&store, at(0), at(9)).await, RingKeyUses::default());
        let ada = with_account(&store, 1).await;
        let (journey, _) = with_recovery(&store, 1, &ada).await;
        assert_eq!(uses(&store, at(0), at(1)).await.secrets_until, Some(journey.expires_at));
        assert_eq!(uses(&store, at(1), at(9)).await.secrets_until, None, "made before");
        assert_eq!(uses(&store, at(0), at(0)).await.secrets_until, None, "made after");

        // Asked for later than the journey was begun, and to be asked for anew as long as that lives.
        let later = Challenge { id: ChallengeId(id(2)), gate: 2, created_at: at(7), link_expires_at: None, ..mail(&journey) };
        let tx = store.begin_write().await.unwrap();
        assert!(tx.insert_challenge(&later).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(uses(&store, at(6), at(9)).await.secrets_until, Some(journey.expires_at));

        let token = ActionToken {
            id: ActionTokenId(id(1)),
            kind: ActionTokenKind::NotMe,
            digest: digest(1),
            account: Some(ada.id),
            disputed: None,
            created_at: at(5),
            expires_at: at(700_000),
            spent_at: None,
        };
        let tx = store.begin_write().await.unwrap();
        tx.insert_action_token(&token).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(uses(&store, at(0), at(9)).await.secrets_until, Some(at(700_000)));
        let tx = store.begin_write().await.unwrap();
        assert!(tx.spend_action_token(token.id, at(6)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(uses(&store, at(0), at(9)).await.secrets_until, Some(journey.expires_at), "a used one is dead");
    }

    async fn passwords_of_a_key_are_counted_the_past_ones_too(db: Database) {
        let store = db.store().await;
        let (ada, other) = (with_account(&store, 1).await, with_account(&store, 2).await);
        let peppered = |n: u8| PasswordHash(format!("$argon2id$v=19$m=64,t=1,p=1{MARK}c2FsdA${n}"));
        let tx = store.begin_write().await.unwrap();
        let epoch = tx.set_password(permit(SetOccasion::Change, &ada), &peppered(1), 9, at(1)).await.unwrap();
        let again = rekey_domain::Account { epoch: epoch.unwrap(), ..ada };
        tx.set_password(permit(SetOccasion::Change, &again), &peppered(2), 9, at(2)).await.unwrap().unwrap();
        let unmarked = PasswordHash("$argon2id$v=19$m=64,t=1,p=1,keyid=AAAAAg$c2FsdA$3".to_owned());
        tx.set_password(permit(SetOccasion::Change, &other), &unmarked, 9, at(2)).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let uses = uses(&store, at(0), at(0)).await;
        assert_eq!((uses.passwords, uses.past_passwords), (1, 1));
    }
}
