import io.github.devinv2.DevinClient
import io.github.devinv2.DevinException
import io.github.devinv2.field
import java.util.Properties
import kotlinx.coroutines.runBlocking

fun main() {
    val about = Properties()
    DevinClient::class.java.getResourceAsStream("/META-INF/maven/io.github.devinv2/devin-v2/pom.properties").use(about::load)
    check(about["version"] == System.getenv("EXPECTED_VERSION")) { about }
    DevinClient().use { client ->
        runBlocking {
            val members = client.members.list().collect()
            println("${members.rows.size} members with ${DevinClient::class.java.protectionDomain.codeSource.location}")
            check(members.rows.size == 120 && members.report.complete)
            try {
                client.apiKeys.revoke("")
                error("revoked every key")
            } catch (error: DevinException.Refused) {
                println(error.message)
                check(error.field == "api_key_id")
            }
        }
    }
}
