package io.tandemsip.examples.haproxy.cli;

import io.tandemsip.core.source.Mistake;
import io.tandemsip.examples.haproxy.config.ConfigReader;
import io.tandemsip.examples.haproxy.config.Reading;
import io.tandemsip.examples.haproxy.config.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A configuration file as it was read. Immutable.
 *
 * @param file where
 * @param secrets where its keys come from
 * @param text what stood there
 * @param reading what came of it
 */
record ConfigFile(Path file, Secrets secrets, String text, Reading reading) {
    static ConfigFile read(Path file) {
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        Secrets secrets = Secrets.ofProcess(folder == null ? absolute : folder);
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return new ConfigFile(file, secrets, text, ConfigReader.read(file.toString(), text, secrets));
        } catch (IOException unreadable) {
            Mistake mistake = new Mistake(file.toString(), 1, "file", "unreadable", "a file in UTF-8 that can be read");
            return new ConfigFile(file, secrets, "", new Reading.Bad(List.of(mistake)));
        }
    }
}
