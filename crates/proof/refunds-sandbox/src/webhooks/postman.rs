//! Delivers a provider's events, one after the other.

use std::sync::Arc;

use tokio::{task::JoinSet, time::sleep};

use super::{Next, Parcel, WebhookTarget, send::post};
use crate::{Provider, world::World};

/// Delivers until the runtime ends.
pub(crate) async fn carry(world: Arc<World>, provider: Provider) {
    let mut news = world.mail_news();
    let mut advances = world.clock.advances();
    loop {
        news.mark_unchanged();
        advances.mark_unchanged();
        match world.next_mail(provider) {
            Next::Carry(target, batches) => {
                for batch in batches {
                    hand_over(&world, &target, batch).await;
                }
            }
            Next::Wait(until) => {
                let patience = until.and_then(|until| world.clock.until(until));
                let is_due = async {
                    match patience {
                        Some(patience) => sleep(patience).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = is_due => {}
                    changed = news.changed() => if changed.is_err() { return },
                    changed = advances.changed() => if changed.is_err() { return },
                }
            }
        }
    }
}

/// Delivers parcels at the same time.
async fn hand_over(world: &Arc<World>, target: &WebhookTarget, batch: Vec<Parcel>) {
    let mut under_way = JoinSet::new();
    for parcel in batch {
        let (world, uri) = (world.clone(), target.uri());
        let number = world.note_mail_sent(&parcel);
        under_way.spawn(async move {
            let status = match uri {
                Some(uri) => post(uri, &parcel.letter).await,
                None => None,
            };
            world.note_mail_answered(number, parcel, status);
        });
    }
    under_way.join_all().await;
}
