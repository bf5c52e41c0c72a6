//! What an emulator is started with.

use std::{io, net::IpAddr};

use jiff::Timestamp;

/// The size and seed of the emulated enterprise and where it listens. The same values give the same data, to the byte.
///
/// ```
/// let config = devin_v2_emulator::Config { members: 20, ..Default::default() };
/// assert_eq!(config.seed, 7);
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on. The control surface answers on loopback addresses only. Default `127.0.0.1`.
    pub host: IpAddr,
    /// The port; 0, the default, lets the system choose one.
    pub port: u16,
    /// Everything random follows from it. Default 7.
    pub seed: u64,
    /// Organizations, 1–10,000; the second one (the only one, if there is one) is the primary. Default 3.
    pub organizations: u32,
    /// Members, 1–100,000; the second one (or the only one) owns the initial key. Default 120.
    pub members: u32,
    /// Sessions, up to 10,000,000, over the 90 days before `now`. Default 1,000.
    pub sessions: u32,
    /// The initial personal key, `apk_user_…`; made from the seed if absent.
    pub api_key: Option<String>,
    /// The emulator's clock. It stands still but for a second per change, so that nothing depends on when a test runs.
    /// Default `2026-03-01T12:00:00Z`; between 2000 and 2100.
    pub now: Timestamp,
    /// Whether one field (`org.created_at` of a snapshot) is answered without a time zone, as the service does although
    /// its document says otherwise. Default true; false for checkers that hold answers against the document.
    pub naive_times: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 0,
            seed: 7,
            organizations: 3,
            members: 120,
            sessions: 1000,
            api_key: None,
            // 2026-03-01T12:00:00Z.
            now: Timestamp::constant(1_772_366_400, 0),
            naive_times: true,
        }
    }
}

impl Config {
    /// Checks the ranges.
    pub(crate) fn check(&self) -> io::Result<()> {
        let within = |name: &str, value: u32, range: std::ops::RangeInclusive<u32>| {
            if range.contains(&value) {
                return Ok(());
            }
            Err(invalid(format!("{name}: {value} is not between {} and {}", range.start(), range.end())))
        };
        within("organizations", self.organizations, 1..=10_000)?;
        within("members", self.members, 1..=100_000)?;
        within("sessions", self.sessions, 0..=10_000_000)?;
        if !(946_684_800..=4_102_444_800).contains(&self.now.as_second()) {
            return Err(invalid("now: not between 2000-01-01 and 2100-01-01".to_owned()));
        }
        if let Some(key) = &self.api_key {
            let rest = key.strip_prefix("apk_user_").unwrap_or_default();
            if rest.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
                let text = "api_key: has to be `apk_user_` followed by visible ASCII characters, for v2 takes no other kind";
                return Err(invalid(text.to_owned()));
            }
        }
        Ok(())
    }
}

fn invalid(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}
