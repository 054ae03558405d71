//! Where the records of TLS begin and end (RFC 8446, section 5.1).

const HEADER: usize = 5;

/// Follows a stream of records without reading what is in them.
#[derive(Default)]
pub(super) struct Records {
    header: [u8; HEADER],
    in_header: usize,
    in_content: usize,
}

impl Records {
    pub(super) fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.in_content > 0 {
                let count = self.in_content.min(bytes.len());
                self.in_content -= count;
                bytes = bytes.get(count..).unwrap_or_default();
                continue;
            }
            let Some((byte, rest)) = bytes.split_first() else {
                return;
            };
            bytes = rest;
            if let Some(place) = self.header.get_mut(self.in_header) {
                *place = *byte;
            }
            self.in_header += 1;
            if self.in_header == HEADER {
                let [_, _, _, high, low] = self.header;
                self.in_content = usize::from(u16::from_be_bytes([high, low]));
                self.in_header = 0;
            }
        }
    }

    /// Whether the last record is not there to its end.
    pub(super) fn is_open(&self) -> bool {
        self.in_header > 0 || self.in_content > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_open_until_its_last_byte() {
        let stream = [
            &[22, 3, 3, 0, 2, 9, 9][..],
            &[23, 3, 3, 1, 0],
            &[7; 256],
            &[23, 3, 3, 0, 0],
        ]
        .concat();
        let ends = [7, 7 + 5 + 256, 7 + 5 + 256 + 5];
        for step in [1, 2, 3, 100, stream.len()] {
            let mut records = Records::default();
            let mut taken = 0;
            for piece in stream.chunks(step) {
                records.take(piece);
                taken += piece.len();
                assert_eq!(records.is_open(), !ends.contains(&taken), "{taken}");
            }
        }
    }
}
