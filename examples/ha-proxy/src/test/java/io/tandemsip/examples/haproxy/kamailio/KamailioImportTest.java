package io.tandemsip.examples.haproxy.kamailio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.tuple;

import io.tandemsip.core.selection.Strategies;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.examples.haproxy.config.ConfigReader;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.examples.haproxy.config.Secrets;
import io.tandemsip.examples.haproxy.config.StoreConfig;
import io.tandemsip.node.Node;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is written is read again by the program itself. */
class KamailioImportTest {
    private static final SortedSet<String> SET_1 = new TreeSet<>(List.of("set-1"));
    private static final String LIST = """
            # set destination flags priority
            1 sip:192.0.2.11:5080 0 10
            1 sip:192.0.2.12:5080 0 10
            """;
    /** The classic set-up, in the words of this test. */
    private static final String SCRIPT = """
            #!KAMAILIO
            #!substdef "!REDIS_TTL!7200!g"
            #!define PING 10
            #!define CALLS "name=calls;addr=192.0.2.30;port=6380;db=2;pass=hidden#word"
            listen=udp:192.0.2.10:5060
            listen=tcp:192.0.2.10:5060
            loadmodule "dispatcher.so"   # picks the media server
            loadmodule "ndb_redis.so"
            modparam("dispatcher", "list_file", "/etc/kamailio/dispatcher.list")
            modparam("dispatcher", "ds_probing_mode", 1)
            modparam("dispatcher", "ds_ping_method", "OPTIONS")
            modparam("dispatcher", "ds_ping_from", "sip:proxy@192.0.2.10")
            modparam("dispatcher", "ds_ping_interval", PING)
            modparam("dispatcher", "ds_probing_threshold", 3)
            modparam("dispatcher", "ds_inactive_threshold", 3)
            modparam("dispatcher", "ds_timeout_after_inactive", 900)
            modparam("dispatcher", "xavp_dst", "_dst_") // where the choice is kept
            /* modparam("dispatcher", "ds_ping_interval", 99) */
            modparam("tm", "fr_timer", 2000)
            modparam("ndb_redis", "server", CALLS)
            request_route {
                if (is_method("INVITE") && !has_totag()) {
                    if (!ds_select_dst("1", "4")) { sl_send_reply("503", "Service Unavailable"); exit; }
                    t_on_failure("NEXT");
                }
            }
            failure_route[NEXT] {
                if (t_is_canceled()) exit;
                if (t_check_status("503") || t_branch_timeout()) { if (ds_next_dst()) { t_relay(); exit; } }
            }
            onreply_route {
                if (t_check_status("200")) { redis_cmd("calls", "SET call:$ci $du EX REDIS_TTL", "r"); }
            }
            """;

    private static Imported read(String text) {
        try {
            return KamailioImport.read("file", text, path -> {
                assertThat(path).isEqualTo("/etc/kamailio/dispatcher.list");
                return LIST;
            });
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static ProxyConfig config(Imported imported) {
        Secrets secrets = new Secrets() {
            @Override
            public Optional<String> variable(String name) {
                return Optional.of("secret of " + name);
            }

            @Override
            public Optional<String> file(String path) {
                return Optional.empty();
            }
        };
        return ConfigReader.read("imported.yaml", imported.yaml(), secrets)
                .fold(config -> config, mistakes -> fail(mistakes + "\n" + imported.yaml()));
    }

    @Test
    void theClassicSetUp_isWrittenAndReadAgain() {
        Imported imported = read(SCRIPT);
        ProxyConfig config = config(imported);
        assertThat(config.listen())
                .extracting(each -> each.transport().token() + " " + each.host() + " " + each.port())
                .containsExactly("udp 192.0.2.10 5060", "tcp 192.0.2.10 5060");
        assertThat(config.nodes())
                .extracting(node -> node.destination().toUri(), Node::pools, Node::priority)
                .containsExactly(tuple("sip:192.0.2.11:5080", SET_1, 0), tuple("sip:192.0.2.12:5080", SET_1, 0));
        assertThat(config.defaultPool()).isEqualTo("set-1");
        assertThat(config.poolStrategies().get("set-1"))
                .hasSameClassAs(Strategies.byName("round-robin").orElseThrow());
        assertThat(config.health().interval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.health().fallThreshold()).isEqualTo(3);
        assertThat(config.health().riseThreshold()).isEqualTo(3);
        assertThat(config.failover().firstResponseWithin()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.store()).hasValueSatisfying(store -> {
            StoreConfig.Redis redis = (StoreConfig.Redis) store;
            assertThat(redis.url()).isEqualTo("redis://192.0.2.30:6380/2");
            assertThat(redis.kamailioKeys()).isTrue();
            assertThat(redis.login().orElseThrow().password()).isEqualTo("secret of TANDEM_REDIS_PASSWORD");
        });
    }

    @Test
    void whatHasNoCounterpart_isTold_andNoSecret() {
        Imported imported = read(SCRIPT);
        assertThat(imported.notes())
                .anyMatch(note -> note.startsWith("ds_ping_from: no counterpart"))
                .anyMatch(note -> note.startsWith("ds_timeout_after_inactive 900: no counterpart"))
                .anyMatch(note -> note.startsWith("xavp_dst: no counterpart"))
                .anyMatch(note -> note.startsWith("ds_ping_interval 10: kept"))
                .anyMatch(note -> note.contains("ds_next_dst: not needed"))
                .noneMatch(note -> note.contains("99"));
        assertThat(imported.yaml() + imported.notes()).doesNotContain("hidden");
    }

    @Test
    void aListAlone_isWritten_withItsNumbers() throws IOException {
        Imported imported = KamailioImport.read("dispatcher.list", """
                1 sip:192.0.2.11:5080;transport=tcp 0 10 "duid=fs1;maxload=500;rweight=50"
                1 sip:192.0.2.12:5080 4 10 "duid=fs2;rweight=25;socket=udp:192.0.2.10:5060"
                2 sip:192.0.2.21:5080 0 0 'duid=vm1;note=a "quoted" word'
                """, path -> fail(path));
        ProxyConfig config = config(imported);
        assertThat(config.nodes()).extracting(node -> node.id().value()).containsExactly("fs1", "fs2", "vm1");
        Node fs1 = config.nodes().get(0);
        assertThat(fs1.destination().toUri()).contains("transport=tcp");
        assertThat(fs1.capacity().maxCalls()).isEqualTo(500);
        assertThat(fs1.weight()).isEqualTo(50);
        assertThat(config.nodes().get(1).attributes()).containsEntry("admin", "out-of-service");
        assertThat(config.nodes().get(2).attributes()).containsEntry("note", "a \"quoted\" word");
        assertThat(config.defaultPool()).isEqualTo("set-1");
        assertThat(config.store()).isEmpty();
        assertThat(imported.notes())
                .anyMatch(note -> note.startsWith("listen: not found"))
                .anyMatch(note -> note.contains("which algorithm"))
                .anyMatch(note -> note.startsWith("attribute socket: kept"))
                .anyMatch(note -> note.startsWith("sets 1, 2"));
    }

    @Test
    void algorithms_haveTheirStrategies_andPrioritiesTheirMeaning() throws IOException {
        String list = "1 sip:192.0.2.11 0 5\n1 sip:192.0.2.12 0 9\n";
        Map<String, String> expected =
                Map.of("0", "weighted-rendezvous", "8", "serial", "10", "least-calls", "13", "peak-ewma");
        for (Map.Entry<String, String> each : expected.entrySet()) {
            Imported imported = KamailioImport.read("kamailio.cfg", """
                    modparam("dispatcher", "list_file", "x")
                    route { ds_select_dst(1, %s); }
                    """.formatted(each.getKey()), path -> list);
            assertThat(imported.yaml()).contains("strategy: " + each.getValue() + "\n");
            List<Integer> priorities =
                    config(imported).nodes().stream().map(Node::priority).toList();
            assertThat(priorities).isEqualTo(each.getKey().equals("8") ? List.of(1, 0) : List.of(0, 0));
        }
        Imported forking = KamailioImport.read(
                "kamailio.cfg",
                "modparam(\"dispatcher\", \"list_file\", \"x\")\nroute { ds_select_dst(\"1\", \"12\"); }",
                path -> list);
        assertThat(forking.notes()).anyMatch(note -> note.startsWith("algorithm 12: no strategy"));
        assertThat(config(forking).nodes()).hasSize(2);
    }

    @Test
    void otherRedisKeys_areNotTakenForTheClassicOnes() {
        Imported imported = read(SCRIPT.replace("SET call:$ci $du EX REDIS_TTL", "SET pin-$ci $du EX 600"));
        assertThat(((StoreConfig.Redis) config(imported).store().orElseThrow()).kamailioKeys())
                .isFalse();
        assertThat(imported.notes()).anyMatch(note -> note.contains("withPrefix"));
    }

    @Test
    void mistakes_areTold() {
        assertThatThrownBy(() -> KamailioImport.read("dispatcher.list", "1 http://x\nx sip:a\n", path -> ""))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("dispatcher.list:1")
                .hasMessageContaining("dispatcher.list:2");
        assertThatThrownBy(() -> KamailioImport.read("dispatcher.list", "# nothing\n", path -> ""))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no destination");
        assertThatThrownBy(() -> KamailioImport.read("k.cfg", "loadmodule \"tm.so\"\n", path -> ""))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("dispatcher");
        assertThatThrownBy(() -> KamailioImport.read("k.cfg", SCRIPT, path -> {
                    throw new FileNotFoundException(path);
                }))
                .isInstanceOf(FileNotFoundException.class);
    }
}
