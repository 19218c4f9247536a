//! Signatures of Standard Webhooks 1.0: HMAC-SHA256 of `id.timestamp.body`, in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::alerts::webhook::secret::Secret;

/// The header `webhook-signature`: one signature per secret, so that secrets can be rotated without
/// a gap.
#[must_use]
pub(crate) fn signature_header(
    secrets: &[Secret],
    id: &str,
    timestamp_s: i64,
    body: &str,
) -> String {
    let signed = format!("{id}.{timestamp_s}.{body}");
    let one = |secret: &Secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, signed.as_bytes())))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```text
    /// import base64, hashlib, hmac
    /// key = base64.b64decode("C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
    /// signed = b'msg_27UH4WbU6Z5A5EzD8u03UvzRbpk.1649367553.{"email":"test@example.com"}'
    /// print(base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode())
    /// ```
    #[test]
    fn signature_equals_python_hmac() {
        let secret = Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").expect("a secret");
        let body = r#"{"email":"test@example.com"}"#;
        let signed = |secrets: &[Secret]| {
            signature_header(secrets, "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body)
        };
        assert_eq!(
            signed(std::slice::from_ref(&secret)),
            "v1,+G/Or2EQ/fZ2/xE0z8lIefb92yw92Ac61HvR8ydrk0o="
        );
        let both = signed(&[secret, Secret::generate()]);
        assert!(both.starts_with("v1,+G/Or2EQ/fZ2/xE0z8lIefb92yw92Ac61HvR8ydrk0o= v1,"), "{both}");
    }
}
