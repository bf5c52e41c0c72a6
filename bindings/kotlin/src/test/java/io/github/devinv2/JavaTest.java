package io.github.devinv2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.devinv2.testing.Emulator;
import io.github.devinv2.testing.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kotlin.Pair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The package as Java sees it. */
class JavaTest {
    private static final String ADA = "email|65f1c0ffee65f1c0ffee65f1";
    private static final String ORG = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9";
    private static final String MEMBERS = "/v2/enterprise/members";

    private Emulator emulator;
    private DevinClient client;

    @BeforeEach
    void start() {
        emulator = Emulator.start();
        client = emulator.clientBuilder().maxRetries(1).retryBaseDelay(Duration.ofMillis(1)).build();
    }

    @AfterEach
    void stop() {
        client.close();
        emulator.close();
    }

    @Test
    void callsGiveFutures() {
        Member ada = client.getMembers().getAsync(ADA).join();
        assertEquals("ada@example.com", ada.getEmail());
        assertTrue(client.getRoles().listAsync().join().getRows().size() > 0);
        client.getOrganizations().updateAsync(ORG, null, new IntegerChange.Set(500)).join();
        assertEquals(500, client.getOrganizations().getAsync(ORG).join().getMaxCycleAcuLimit());
        client.getOrganizations().updateAsync(ORG, null, IntegerChange.Clear.INSTANCE).join();
        assertEquals(null, client.getOrganizations().getAsync(ORG).join().getMaxCycleAcuLimit());
    }

    @Test
    void futuresCanBeChainedAndMayBlock() throws Exception {
        List<CompletableFuture<String>> names = IntStream.range(0, 50)
            .mapToObj(index -> client.getMembers().getAsync(ADA)
                .thenCompose(ada -> client.getMembers().getAsync(ada.getUserId()))
                .thenApply(ada -> client.getMembers().getAsync(ada.getUserId()).join().getName()))
            .toList();
        for (CompletableFuture<String> name : names) {
            assertTrue(!name.get(60, TimeUnit.SECONDS).isEmpty());
        }
    }

    @Test
    void listings() {
        Listing<Member> members = client.getMembers().list(null, 50L);
        Page<Member> page = members.pageAsync().join();
        assertEquals(50, page.getRows().size());
        assertEquals(120L, page.getTotal());
        Collected<Member> all = members.collectAsync().join();
        assertEquals(120, all.getRows().size());
        assertTrue(all.getReport().getComplete());
        assertEquals(120L, all.getReport().getSeen());
        assertEquals(120L, all.getReport().getExpected());
        List<Long> seen = new ArrayList<>();
        members.collectAsync(report -> seen.add(report.getSeen())).join();
        assertEquals(List.of(50L, 100L, 120L), seen);
        try (var rows = members.stream()) {
            assertEquals(all.getRows(), rows.toList());
        }
    }

    @Test
    void billingDays() throws DevinException {
        BillingCycle cycle = client.getConsumption().cyclesAsync().join().getRows().get(0);
        BillingDays days = BillingDays.between(cycle.getStart(), cycle.getEnd());
        assertEquals(cycle.getEnd(), days.getEndInclusive().getEnd());
        assertEquals(1, days.getStart().plus(1).minus(days.getStart()));
        assertEquals(28, BillingDays.month("2026-02").getSize());
        assertEquals("2026-02-28", BillingDay.containing(Instant.parse("2026-03-01T07:59:59Z")).toString());
    }

    /** The example of the README, as it stands there. */
    @Test
    void readme() {
        client.getMembers().getAsync("email|65f1c0ffee65f1c0ffee65f1")
            .thenAccept(member -> System.out.println(member.getEmail()))
            .join();
        try (Stream<Member> members = client.getMembers().list().stream()) {
            members.forEach(member -> System.out.println(member.getUserId()));
        }
        try {
            client.getMembers().getAsync("email|000000000000000000000000").join();
        } catch (CompletionException failed) {
            System.out.println(DevinErrors.status((DevinException) failed.getCause()));
        }
    }

    @Test
    void errors() {
        var thrown = assertThrows(CompletionException.class, () -> client.getMembers().getAsync("email|0").join());
        var error = assertInstanceOf(DevinException.NotFound.class, thrown.getCause());
        assertEquals(404, DevinErrors.status(error));
        assertEquals("members.get", DevinErrors.operation(error));
        assertEquals(1, DevinErrors.attempts(error));
        emulator.fault(Fault.status(404).path(MEMBERS).query("skip", "50"));
        Listing<Member> members = client.getMembers().list(null, 50L);
        thrown = assertThrows(CompletionException.class, () -> members.collectAsync().join());
        assertEquals(50, DevinErrors.partial(thrown.getCause()).getRows().size());
        assertThrows(DevinException.Config.class, () -> DevinClient.builder().apiKey("").build());
    }

    @Test
    void optionsOfACall() {
        emulator.fault(Fault.none().path(MEMBERS + "/*").delay(Duration.ofSeconds(60)).always());
        var hasty = new CallOptionsBuilder().timeout(Duration.ofMillis(200)).maxRetries(0).strict(true).build();
        var thrown = assertThrows(CompletionException.class, () -> client.getMembers().getAsync(ADA, hasty).join());
        assertInstanceOf(DevinException.Timeout.class, thrown.getCause());
        var token = new CancelToken();
        token.cancel();
        var cancelled = new CallOptionsBuilder().cancel(token).build();
        thrown = assertThrows(CompletionException.class, () -> client.getMembers().getAsync(ADA, cancelled).join());
        assertInstanceOf(DevinException.Cancelled.class, thrown.getCause());
        var negative = new CallOptionsBuilder().maxRetries(-1).build();
        thrown = assertThrows(CompletionException.class, () -> client.getMembers().getAsync(ADA, negative).join());
        assertInstanceOf(DevinException.Config.class, thrown.getCause());
        assertThrows(DevinException.Config.class, () -> new CallOptionsBuilder().timeout(Duration.ofSeconds(-1)));
    }

    @Test
    void requestsOfOnesOwn() {
        RawAnswer answer = client.requestAsync("GET", MEMBERS, List.of(new Pair<>("limit", "1"))).join();
        assertEquals(200, answer.getStatus());
        assertTrue(answer.getBody().expose().contains("\"total\":120"));
    }

    @Test
    void cancelling() throws Exception {
        emulator.fault(Fault.none().path(MEMBERS + "/*").delay(Duration.ofSeconds(60)));
        CompletableFuture<Member> future = client.getMembers().getAsync(ADA);
        while (emulator.getRequests().isEmpty()) {
            Thread.sleep(5);
        }
        assertTrue(future.cancel(true));
        assertThrows(CancellationException.class, future::join);
        assertEquals(ADA, client.getMembers().getAsync(ADA).get(30, TimeUnit.SECONDS).getUserId());
    }
}
