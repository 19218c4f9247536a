//! Small requests that are made at the same time, collected into one batch.

use std::sync::{Mutex, MutexGuard};

use tokio::sync::oneshot;
use tokio::task::yield_now;

use super::{Request, Response};

/// Turns that other tasks get to add requests, before a batch is sent.
const TURNS: u32 = 2;

/// Requests that wait for the next batch.
#[derive(Default)]
pub(super) struct CallQueue(Mutex<Vec<QueuedCall>>);

/// A request, and where its response goes.
pub(super) struct QueuedCall {
    pub(super) request: Request,
    reply: oneshot::Sender<Response>,
}

/// The receivers of some requests' responses.
pub(super) struct Receivers(Vec<oneshot::Receiver<Response>>);

/// The first to add to an empty queue: it sends all that the queue has after some turns.
pub(super) struct Sender<'a> {
    queue: &'a CallQueue,
    is_done: bool,
}

impl CallQueue {
    /// Adds requests; the queue's sender if they are the first.
    pub(super) fn add(&self, requests: &[Request]) -> (Receivers, Option<Sender<'_>>) {
        let mut queue = self.lock();
        let sender = queue.is_empty().then(|| Sender { queue: self, is_done: false });
        let mut receivers = Vec::with_capacity(requests.len());
        for request in requests {
            let (reply, receiver) = oneshot::channel();
            queue.push(QueuedCall { request: request.clone(), reply });
            receivers.push(receiver);
        }
        (Receivers(receivers), sender)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<QueuedCall>> {
        self.0.lock().expect("no thread panics while it holds the lock")
    }
}

impl Sender<'_> {
    /// All requests of the queue, once others had their turn to add some.
    pub(super) async fn collect(mut self) -> Vec<QueuedCall> {
        for _ in 0..TURNS {
            yield_now().await;
        }
        self.is_done = true;
        std::mem::take(&mut *self.queue.lock())
    }
}

impl Drop for Sender<'_> {
    fn drop(&mut self) {
        // It was cancelled: the others are notified by the loss of their reply, and add again.
        if !self.is_done {
            self.queue.lock().clear();
        }
    }
}

impl QueuedCall {
    pub(super) fn answer(self, response: Response) {
        // A receiver that was cancelled needs no response.
        drop(self.reply.send(response));
    }
}

impl Receivers {
    /// The responses in order; `None` if the sender was cancelled.
    pub(super) async fn receive(self) -> Option<Vec<Response>> {
        let mut responses = Vec::with_capacity(self.0.len());
        for receiver in self.0 {
            responses.push(receiver.await.ok()?);
        }
        Some(responses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(number: u64) -> Request {
        Request { method: "eth_call", params: json!([number]) }
    }

    fn number(call: &QueuedCall) -> u64 {
        call.request.params[0].as_u64().unwrap()
    }

    #[tokio::test]
    async fn requests_of_the_same_time_are_one_batch_with_each_its_response() {
        let queue = CallQueue::default();
        let (first, sender) = queue.add(&[request(1), request(2)]);
        let (second, other) = queue.add(&[request(3)]);
        assert!(other.is_none());
        let calls = sender.unwrap().collect().await;
        assert_eq!(calls.iter().map(number).collect::<Vec<_>>(), [1, 2, 3]);
        for call in calls {
            let text = number(&call).to_string();
            call.answer(Ok(serde_json::value::RawValue::from_string(text).unwrap()));
        }
        let text = |responses: Option<Vec<Response>>| -> Vec<String> {
            responses.unwrap().into_iter().map(|one| one.unwrap().get().to_owned()).collect()
        };
        assert_eq!(text(first.receive().await), ["1", "2"]);
        assert_eq!(text(second.receive().await), ["3"]);
    }

    #[tokio::test]
    async fn requests_of_a_cancelled_sender_are_released() {
        let queue = CallQueue::default();
        let (_, sender) = queue.add(&[request(1)]);
        let (second, _) = queue.add(&[request(2)]);
        drop(sender);
        assert!(second.receive().await.is_none());
        assert!(queue.add(&[request(3)]).1.is_some(), "the next one sends");
    }
}
