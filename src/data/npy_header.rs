//! The header of a `.npy` file.

/// Up to this absolute value, an `f64` represents every integer exactly.
pub(super) const MOST_EXACT: u64 = 1 << 53;

/// The most axes of an array. NumPy allows no more.
const MOST_AXES: usize = 64;

/// A header: a Python dictionary with these three keys in any order, such as
/// `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<usize>,
}

/// An error in the header: the index of the byte, and what is wrong there.
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
        let absent = |key| (scan.at, format!("the header has no '{key}'"));
        Ok(Header {
            kind: kind.ok_or_else(|| absent("descr"))?,
            fortran_order: fortran_order.ok_or_else(|| absent("fortran_order"))?,
            shape: shape.ok_or_else(|| absent("shape"))?,
        })
    }

    /// Returns the size of all elements in bytes, or `None` if it does not fit a `usize`.
    pub(super) fn bytes(&self) -> Option<usize> {
        product(&self.shape)?.checked_mul(self.kind.size)
    }

    /// Returns the rows (the first axis) and columns (the product of the other axes), or `None` if they do not fit a
    /// `usize`, which is possible even for an empty array.
    pub(super) fn matrix_shape(&self) -> Option<(usize, usize)> {
        let (rows, others) = self.shape.split_first().unwrap_or((&1, &[]));
        Some((*rows, product(others)?))
    }

    pub(super) fn shape_text(&self) -> String {
        format!("({})", self.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))
    }
}

/// The type of the elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// `b` for boolean, `i` for signed, `u` for unsigned, `f` for floating point.
    pub(super) letter: u8,
    /// The size of an element in bytes.
    pub(super) size: usize,
    pub(super) big_endian: bool,
}

impl Kind {
    /// Returns the number that these bytes encode, or `None` if an `f64` may not be exact.
    pub(super) fn value(self, element: &[u8]) -> Option<f64> {
        let mut bytes = [0; 8]; // the element as a little-endian number of 8 bytes
        for (to, from) in bytes.iter_mut().zip(element) {
            *to = *from;
        }
        if self.big_endian {
            bytes[..self.size].reverse();
        }
        let bits = u64::from_le_bytes(bytes);
        let unused = 64 - 8 * self.size as u32;
        let signed = (bits << unused) as i64 >> unused; // sign-extended
        match self.letter {
            b'f' if self.size == 4 => Some(f64::from(f32::from_bits(bits as u32))),
            b'f' => Some(f64::from_bits(bits)),
            b'i' => (signed.unsigned_abs() <= MOST_EXACT).then_some(signed as f64),
            b'b' => Some(f64::from(u8::from(bits != 0))),
            _ => (bits <= MOST_EXACT).then_some(bits as f64),
        }
    }
}

fn product(sizes: &[usize]) -> Option<usize> {
    sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size))
}

/// The text of a header and the position in it.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// Skips white space and returns the rest.
    fn rest(&mut self) -> &'a [u8] {
        let blank = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at += blank;
        &self.text[self.at..]
    }

    /// Skips `word` if it comes next, and returns whether it did.
    fn take(&mut self, word: &[u8]) -> bool {
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn expect(&mut self, word: &[u8]) -> Result<(), Wrong> {
        let found = self.take(word);
        found.then_some(()).ok_or_else(|| (self.at, format!("expected {}", String::from_utf8_lossy(word))))
    }

    /// Reads text between single or double quotes.
    fn string(&mut self) -> Result<&'a [u8], Wrong> {
        let rest = self.rest();
        let quoted = match rest {
            [quote @ (b'\'' | b'"'), inside @ ..] => {
                inside.iter().position(|byte| byte == quote).map(|end| &inside[..end])
            }
            _ => None,
        };
        let quoted = quoted.ok_or_else(|| (self.at, "expected text in quotes".to_string()))?;
        self.at += quoted.len() + 2;
        Ok(quoted)
    }

    fn boolean(&mut self) -> Result<bool, Wrong> {
        match (self.take(b"True"), self.at) {
            (true, _) => Ok(true),
            (false, _) if self.take(b"False") => Ok(false),
            (false, at) => Err((at, "expected True or False".to_string())),
        }
    }

    fn kind(&mut self) -> Result<Kind, Wrong> {
        self.rest();
        let at = self.at;
        let wrong = |what: &str| {
            (at, format!("the elements are {what}; f4, f8, i1 to i8, u1 to u8 and b1 are read, such as '<f8' or '>i4'"))
        };
        let text = self.string().map_err(|_| wrong("records of several fields"))?;
        let (order, letter, size) = match text {
            &[order @ (b'<' | b'>' | b'|'), letter, size] => (order, letter, size),
            _ => return Err(wrong(&format!("of type {}", text.escape_ascii()))),
        };
        match (letter, size) {
            (b'f', b'4' | b'8') | (b'i' | b'u', b'1' | b'2' | b'4' | b'8') | (b'b', b'1') => {
                Ok(Kind { letter, size: usize::from(size - b'0'), big_endian: order == b'>' })
            }
            _ => Err(wrong(&format!("of type {}", text.escape_ascii()))),
        }
    }

    /// Reads a tuple of sizes: `()`, `(3,)`, `(3, 4)`.
    fn shape(&mut self) -> Result<Vec<usize>, Wrong> {
        let mut shape = Vec::new();
        self.expect(b"(")?;
        while !self.take(b")") {
            let rest = self.rest();
            if shape.len() == MOST_AXES {
                return Err((self.at, format!("an array has at most {MOST_AXES} axes")));
            }
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let size = std::str::from_utf8(&rest[..digits]).ok().and_then(|digits| digits.parse().ok());
            shape.push(size.ok_or_else(|| (self.at, "expected a size".to_string()))?);
            self.at += digits;
            self.take(b"L"); // Python 2 wrote this after large numbers
            if !self.take(b",") {
                self.expect(b")")?;
                break;
            }
        }
        Ok(shape)
    }
}
