package io.tandemsip.examples.haproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.source.Mistake;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileNodesTest {
    private static final String TEXT = GivenConfig.MINIMAL;
    private static final String MORE = TEXT + "      - {id: fs2, uri: \"sip:127.0.0.12:5080\"}\n";

    @TempDir
    private Path folder;

    private final List<Mistake> reported = new ArrayList<>();
    private final LinkedBlockingQueue<List<String>> handedOut = new LinkedBlockingQueue<>();
    private Path file;
    private ConfigFileNodes source;

    @BeforeEach
    void start() throws IOException {
        file = Files.writeString(folder.resolve("proxy.yaml"), TEXT);
        List<Node> nodes = ConfigReader.read("proxy.yaml", TEXT, GivenSecrets.NONE)
                .fold(ProxyConfig::nodes, mistakes -> List.of());
        source = new ConfigFileNodes(file, GivenSecrets.NONE, TEXT, nodes, reported::addAll);
        source.start(list ->
                handedOut.add(list.stream().map(node -> node.id().value()).toList()));
    }

    @AfterEach
    void stop() {
        source.close();
    }

    @Test
    void start_handsOutTheFirstListAtOnce() {
        assertThat(handedOut).containsExactly(List.of("fs1"));
    }

    @Test
    void check_whenTheFileIsBad_reportsOnceAndKeepsTheList() throws IOException {
        Files.writeString(file, TEXT.replace("sip:", "http:") + "htpp: {}\n");
        source.check();
        source.check();
        assertThat(handedOut).hasSize(1);
        assertThat(reported).extracting(Mistake::line).containsExactly(6, 7);
    }

    @Test
    void check_whenOnlyOtherThingsChange_handsOutNothing() throws IOException {
        Files.writeString(file, TEXT + "http: {port: 9000}\n");
        source.check();
        assertThat(handedOut).hasSize(1);
        assertThat(reported).isEmpty();
    }

    @Test
    void check_whenTheFileIsGone_keepsTheList() throws IOException {
        Files.delete(file);
        source.check();
        assertThat(handedOut).hasSize(1);
        assertThat(reported).hasSize(1);
    }

    @Test
    void close_endsIt() throws IOException {
        source.close();
        Files.writeString(file, MORE);
        source.check();
        assertThat(handedOut).hasSize(1);
    }

    /** Fails when nobody looks at the file by itself. */
    @Test
    void start_looksAtTheFileByItself() throws Exception {
        assertThat(handedOut.poll(5, TimeUnit.SECONDS)).containsExactly("fs1");
        Files.writeString(file, MORE);
        assertThat(handedOut.poll(5, TimeUnit.SECONDS)).containsExactly("fs1", "fs2");
    }
}
