package io.tandemsip.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.core.kamailio.DispatcherList;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFileTest {
    private static final String ONE = "1 sip:10.0.0.1 0 0 duid=a\n";
    private static final String TWO = ONE + "1 sip:10.0.0.2 0 0 duid=b\n";

    @TempDir
    private Path folder;

    private final LinkedBlockingQueue<List<String>> lists = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> troubles = new LinkedBlockingQueue<>();
    private NodeFile source;

    private void start(Path file) {
        source = NodeFile.of(file, DispatcherList.format(), Duration.ofMillis(20));
        source.start(list -> lists.add(ids(list)), troubles::add);
        assertThat(lists.poll()).containsExactly("a");
    }

    private static List<String> ids(List<Node> list) {
        return list.stream().map(node -> node.id().value()).toList();
    }

    private <T> T next(LinkedBlockingQueue<T> queue) throws InterruptedException {
        return queue.poll(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        if (source != null) {
            source.close();
        }
    }

    @Test
    void file_writtenInPlace_isReadAgain() throws Exception {
        Path file = Files.writeString(folder.resolve("d.list"), ONE);
        start(file);
        Files.writeString(file, TWO);
        assertThat(next(lists)).containsExactly("a", "b");
    }

    @Test
    void file_replacedByARename_isReadAgain() throws Exception {
        Path file = Files.writeString(folder.resolve("d.list"), ONE);
        start(file);
        Path other = Files.writeString(folder.resolve("d.list.new"), TWO);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(next(lists)).containsExactly("a", "b");
    }

    /** The way a ConfigMap changes: file → ..data/file, ..data → a folder, and ..data is swapped by a rename. */
    @Test
    void file_behindASwappedSymbolicLink_isReadAgain() throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("v1")).resolve("d.list"), ONE);
        Files.writeString(Files.createDirectory(folder.resolve("v2")).resolve("d.list"), TWO);
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("v1"));
        start(Files.createSymbolicLink(folder.resolve("d.list"), Path.of("..data/d.list")));
        Path swap = Files.createSymbolicLink(folder.resolve("..tmp"), Path.of("v2"));
        Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(next(lists)).containsExactly("a", "b");
    }

    @Test
    void badFile_keepsTheList_andIsToldOnce_untilItIsGood() throws Exception {
        Path file = Files.writeString(folder.resolve("d.list"), ONE);
        start(file);
        Files.writeString(file, "1 sip:10.0.0.1 0 0 weight=-1\n");
        assertThat(next(troubles)).contains("d.list:1: weight: -1; expected").endsWith("stays in force");
        Files.writeString(file, "1 sip:10.0.0.1 0 0 weight=-1\n\n");
        Files.writeString(file, TWO);
        assertThat(next(lists)).containsExactly("a", "b");
        assertThat(troubles).isEmpty();
    }

    @Test
    void vanishedFile_keepsTheList_andIsTaken_whenItIsBack() throws Exception {
        Path file = Files.writeString(folder.resolve("d.list"), ONE);
        start(file);
        Files.delete(file);
        assertThat(next(troubles)).contains("not there");
        assertThat(lists).isEmpty();
        Files.writeString(file, TWO);
        assertThat(next(lists)).containsExactly("a", "b");
    }

    @Test
    void close_endsIt() throws Exception {
        Path file = Files.writeString(folder.resolve("d.list"), ONE);
        start(file);
        source.close();
        source.close();
        Files.writeString(file, TWO);
        assertThat(lists.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void of_aCycleOfLinks_aFolder_orNoFile_saysSo() throws IOException {
        Path cycle = Files.createSymbolicLink(folder.resolve("x"), folder.resolve("y"));
        Files.createSymbolicLink(folder.resolve("y"), cycle);
        for (Path each : List.of(cycle, folder, folder.resolve("none"))) {
            assertThatThrownBy(() -> NodeFile.of(each, DispatcherList.format()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("expected a file that can be read");
        }
    }

    @Test
    void of_aFileThatIsNotText_saysSo() throws IOException {
        Path file = Files.write(folder.resolve("d.list"), new byte[] {(byte) 0xC3, 0x28});
        assertThatThrownBy(() -> NodeFile.of(file, DispatcherList.format())).hasMessageContaining("not UTF-8");
    }
}
