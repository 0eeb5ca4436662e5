//! `pinfold audit …`, beside a server that runs or does not.

use std::io::Write;

use pinfold_api::Action;

use super::{Breach, Broken, Entry, Verified, Who, verify};
use crate::StartError;
use crate::clock::Clock;
use crate::config::Config;
use crate::seal::Chain;
use crate::store::{AuditFilter, DEFAULT_WORKSPACE, Store};
use crate::{database, keys};

/// Entries in memory at once.
const AT_ONCE: u32 = 1000;

/// The store of a data folder and the chain of its log.
struct Beside {
    store: Store,
    chain: Chain,
}

impl Beside {
    async fn open(config: &Config) -> Result<Self, StartError> {
        let now = Clock::system().now();
        let (store, _) = database::open_existing(config, now, database::Beside::All).await?;
        let seal = keys::master_keys(config, &store).await?;
        let chain = keys::existing_audit_chain(&seal, &store).await?;
        let chain = chain.ok_or(Broken { seq: 1, breach: Breach::NoKey })?;
        Ok(Self { store, chain })
    }
}

/// `pinfold audit verify`: see [`verify`].
pub async fn verify_beside(config: &Config, noted: Option<&[u8]>) -> Result<Verified, StartError> {
    let Beside { store, chain } = Beside::open(config).await?;
    let verdict = verify(&store, &chain, noted).await;
    store.close().await;
    Ok(verdict??)
}

/// `pinfold audit export`: every workspace's entries as JSON lines, the oldest first. The export is
/// itself the last of them.
pub async fn export_beside(config: &Config, out: &mut impl Write) -> Result<(), StartError> {
    let Beside { store, chain } = Beside::open(config).await?;
    let who = Who::server(DEFAULT_WORKSPACE);
    let entry = Entry::new(&chain.into(), who, Action::AuditExport, Clock::system().now());
    store.append_audit(&entry).await?;
    let mut next = Some(0);
    while let Some(after) = next {
        let part = store.audit_after(None, &AuditFilter::default(), after, AT_ONCE).await?;
        next = part.next;
        for row in part.rows {
            serde_json::to_writer(&mut *out, &row.answer())
                .map_err(|error| StartError::Output(error.into()))?;
            out.write_all(b"\n").map_err(StartError::Output)?;
        }
    }
    store.close().await;
    out.flush().map_err(StartError::Output)
}
