//! Which installation a database belongs to.

use model::Installation;

use super::stand::on_both;
use crate::installation::{known, named};

#[tokio::test]
async fn a_database_is_named_once_whoever_proposes_what_later() {
    on_both(|stand| async move {
        assert_eq!(known(&stand.db).await.unwrap(), None);
        let (first, second) = (Installation::numbered(1), Installation::numbered(2));
        assert_eq!(named(&stand.db, first).await.unwrap(), first);
        assert_eq!(named(&stand.db, second).await.unwrap(), first);
        assert_eq!(known(&stand.db).await.unwrap(), Some(first));
    })
    .await;
}

#[tokio::test]
async fn of_two_who_name_a_database_at_once_both_learn_the_same_name() {
    on_both(|stand| async move {
        let other = stand.again().await;
        let (one, two) = tokio::join!(named(&stand.db, Installation::numbered(1)), named(&other, Installation::numbered(2)));
        assert_eq!(one.unwrap(), two.unwrap());
        other.close().await;
    })
    .await;
}
