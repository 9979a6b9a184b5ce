use super::npy::Kind;

/// The header of a `.npy` file: `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`, a Python dictionary of
/// these three keys in any order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<usize>,
}

/// A byte of the header, and what is wrong there.
type Wrong = (usize, String);

impl Header {
    pub(super) fn parse(text: &[u8]) -> Result<Header, Wrong> {
        let mut scan = Scan { text, at: 0 };
        let (mut kind, mut fortran_order, mut shape) = (None, None, None);
        scan.expect(b"{")?;
        while !scan.take(b"}") {
            let at = scan.at;
            let key = scan.string()?;
            scan.expect(b":")?;
            match key {
                b"descr" => kind = Some(scan.kind()?),
                b"fortran_order" => fortran_order = Some(scan.boolean()?),
                b"shape" => shape = Some(scan.shape()?),
                _ => return Err((at, "the keys are 'descr', 'fortran_order' and 'shape'".to_string())),
            }
            if !scan.take(b",") {
                scan.expect(b"}")?;
                break;
            }
        }
        let absent = |key| (scan.at, format!("the header lacks {key:?}"));
        Ok(Header {
            kind: kind.ok_or_else(|| absent("descr"))?,
            fortran_order: fortran_order.ok_or_else(|| absent("fortran_order"))?,
            shape: shape.ok_or_else(|| absent("shape"))?,
        })
    }

    /// The size of all elements, if a machine can count it.
    pub(super) fn bytes(&self) -> Option<usize> {
        product(&self.shape)?.checked_mul(self.kind.size)
    }

    /// Rows, the first axis; and columns, the product of the others. None if no machine can count them, as may be where
    /// another size is 0.
    pub(super) fn matrix_shape(&self) -> Option<(usize, usize)> {
        let (rows, others) = self.shape.split_first().unwrap_or((&1, &[]));
        Some((*rows, product(others)?))
    }

    pub(super) fn shape_text(&self) -> String {
        format!("({})", self.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))
    }
}

fn product(sizes: &[usize]) -> Option<usize> {
    sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size))
}

/// The text of a header, and how far it has been read.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// What is left, from the next byte that is not blank.
    fn rest(&mut self) -> &'a [u8] {
        let blank = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at += blank;
        &self.text[self.at..]
    }

    /// Goes on behind `word` if it comes next.
    fn take(&mut self, word: &[u8]) -> bool {
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn expect(&mut self, word: &[u8]) -> Result<(), Wrong> {
        let found = self.take(word);
        found.then_some(()).ok_or_else(|| (self.at, format!("{:?} was expected", String::from_utf8_lossy(word))))
    }

    /// Text between single or double quotes.
    fn string(&mut self) -> Result<&'a [u8], Wrong> {
        let rest = self.rest();
        let quoted = match rest {
            [quote @ (b'\'' | b'"'), inside @ ..] => {
                inside.iter().position(|byte| byte == quote).map(|end| &inside[..end])
            }
            _ => None,
        };
        let quoted = quoted.ok_or_else(|| (self.at, "a text in quotes was expected".to_string()))?;
        self.at += quoted.len() + 2;
        Ok(quoted)
    }

    fn boolean(&mut self) -> Result<bool, Wrong> {
        match (self.take(b"True"), self.at) {
            (true, _) => Ok(true),
            (false, _) if self.take(b"False") => Ok(false),
            (false, at) => Err((at, "True or False was expected".to_string())),
        }
    }

    fn kind(&mut self) -> Result<Kind, Wrong> {
        self.rest();
        let at = self.at;
        let wrong = |what: &str| {
            (at, format!("elements of {what}; f4, f8, i1 to i8, u1 to u8 and b1 are read, as '<f8' or '>i4'"))
        };
        let text = self.string().map_err(|_| wrong("several fields"))?;
        let (order, letter, size) = match text {
            &[order @ (b'<' | b'>' | b'|'), letter, size] => (order, letter, size),
            _ => return Err(wrong(&format!("kind {:?}", String::from_utf8_lossy(text)))),
        };
        match (letter, size) {
            (b'f', b'4' | b'8') | (b'i' | b'u', b'1' | b'2' | b'4' | b'8') | (b'b', b'1') => {
                Ok(Kind { letter, size: usize::from(size - b'0'), big_endian: order == b'>' })
            }
            _ => Err(wrong(&format!("kind {:?}", String::from_utf8_lossy(text)))),
        }
    }

    /// A tuple of sizes: `()`, `(3,)`, `(3, 4)`.
    fn shape(&mut self) -> Result<Vec<usize>, Wrong> {
        let mut shape = Vec::new();
        self.expect(b"(")?;
        while !self.take(b")") {
            let rest = self.rest();
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let size = std::str::from_utf8(&rest[..digits]).ok().and_then(|digits| digits.parse().ok());
            shape.push(size.ok_or_else(|| (self.at, "a size was expected".to_string()))?);
            self.at += digits;
            self.take(b"L"); // Python 2 wrote long numbers so
            if !self.take(b",") {
                self.expect(b")")?;
                break;
            }
        }
        Ok(shape)
    }
}
