//! What kind of key the environment holds, and whether the service can be reached with it: `cargo xtask doctor --live`.

use devin_v2::{Client, Error, ErrorKind};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(error) = diagnose().await {
        println!("  {error}");
        std::process::exit(1);
    }
}

async fn diagnose() -> Result<(), Error> {
    let client = Client::from_env()?;
    println!("  key      {} ({})", client.key_fingerprint(), client.key_kind());
    println!("  service  {}", client.base_url());
    match client.identity().get().send().await {
        Ok(own) => {
            println!(
                "  answer   the key {} of {}",
                own.api_key_id,
                own.user_email.as_deref().unwrap_or("no user")
            );
            Ok(())
        }
        Err(error) => {
            let reached = !matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout);
            println!("  reached  {}", if reached { "yes" } else { "no" });
            Err(error)
        }
    }
}
