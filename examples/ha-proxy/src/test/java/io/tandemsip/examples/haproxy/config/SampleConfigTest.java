package io.tandemsip.examples.haproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleConfigTest {
    @Test
    void theSample_isWithoutMistakes() throws Exception {
        Path sample = Path.of("ha-proxy.yaml");
        ProxyConfig config = ConfigReader.read(
                        sample.toString(), Files.readString(sample), new GivenSecrets(Map.of(), Map.of()))
                .fold(read -> read, mistakes -> fail(mistakes.toString()));
        assertThat(config.nodes()).hasSize(2);
    }
}
