//! Takes the body of an upload in: bounded in time and size, decoded and hashed on the way, never held
//! whole.

mod base64_stream;
mod body;
mod encoding;
mod fault;
mod limit;

pub(crate) use body::UploadBody;
pub(crate) use encoding::Encoding;
pub(crate) use fault::Fault;

use bytes::Bytes;
use futures::{StreamExt, stream};
use sha2::{Digest, Sha256};
use thumbnailify_core::{BoxError, ByteStream};

use encoding::Decoder;
use limit::Limit;

/// The decoded bytes of an upload on their way in.
#[derive(Debug)]
pub(crate) struct Upload {
    body: UploadBody,
    decoder: Decoder,
    limit: Limit,
    hash: Sha256,
}

impl Upload {
    pub(crate) fn new(body: UploadBody, encoding: Encoding, max_bytes: u64) -> Self {
        let limit = Limit::new(max_bytes);
        Self {
            body,
            decoder: encoding.decoder(),
            limit,
            hash: Sha256::new(),
        }
    }

    /// The decoded bytes. Every error of the stream is a [`Fault`].
    pub(crate) fn stream(&mut self) -> ByteStream<'_> {
        stream::try_unfold(self, |upload| async move {
            let piece = upload.next().await.map_err(BoxError::from)?;
            Ok(piece.map(|bytes| (bytes, upload)))
        })
        .boxed()
    }

    /// The SHA-256 of what came through, in lower-case hexadecimal.
    pub(crate) fn sha256(self) -> String {
        hex::encode(self.hash.finalize())
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        while let Some(chunk) = self.body.next().await? {
            let bytes = self.decoder.push(chunk)?;
            if !bytes.is_empty() {
                self.limit.take(bytes.len())?;
                self.hash.update(&bytes);
                return Ok(Some(bytes));
            }
        }
        self.decoder.finish()?;
        if self.limit.is_untouched() {
            Err(Fault::Empty)
        } else {
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use futures::TryStreamExt;

    use super::*;

    async fn take_in(
        text: &str,
        encoding: Encoding,
        max_bytes: u64,
    ) -> Result<(String, String), Fault> {
        let hour = Duration::from_secs(3_600);
        let body = UploadBody::new(Body::from(text.to_owned()), None, 1_000, hour, hour);
        let mut upload = Upload::new(body, encoding, max_bytes);
        let bytes: Vec<Bytes> = upload
            .stream()
            .try_collect()
            .await
            .map_err(|error| *error.downcast::<Fault>().unwrap())?;
        Ok((String::from_utf8(bytes.concat()).unwrap(), upload.sha256()))
    }

    #[tokio::test]
    async fn what_comes_in_is_decoded_and_hashed() {
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let expected = ("abc".to_owned(), sha256.to_owned());
        assert_eq!(
            take_in("YWJj\r\n", Encoding::Base64, 3).await.unwrap(),
            expected
        );
        assert_eq!(take_in("abc", Encoding::Binary, 3).await.unwrap(), expected);
    }

    #[tokio::test]
    async fn one_byte_above_the_limit_is_too_large() {
        let fault = take_in("YWJj", Encoding::Base64, 2).await.unwrap_err();
        assert!(matches!(fault, Fault::TooLarge), "{fault}");
        let fault = take_in("abc", Encoding::Binary, 2).await.unwrap_err();
        assert!(matches!(fault, Fault::TooLarge), "{fault}");
    }

    #[tokio::test]
    async fn an_upload_of_nothing_is_refused() {
        for text in ["", " \r\n"] {
            let fault = take_in(text, Encoding::Base64, 3).await.unwrap_err();
            assert!(matches!(fault, Fault::Empty), "{fault}");
        }
    }

    #[tokio::test]
    async fn a_quad_cut_short_is_not_base64() {
        let fault = take_in("YWJjYW", Encoding::Base64, 9).await.unwrap_err();
        assert!(matches!(fault, Fault::NotBase64), "{fault}");
    }
}
