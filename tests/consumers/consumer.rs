use devin_v2::{Client, ErrorKind};
use devin_v2_emulator::{Config, Emulator};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let own = Emulator::start(Config::default()).await?;
    let own = Client::builder().base_url(own.url()).api_key(own.api_key()).build()?;
    for client in [Client::from_env()?, own] {
        let members = client.members().list().collect().await?;
        println!("{} members", members.rows.len());
        assert!(members.rows.len() == 120 && members.report.complete);

        let error = client.api_keys().revoke("").send().await.unwrap_err();
        println!("{error}");
        assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("api_key_id")));
    }
    Ok(())
}
