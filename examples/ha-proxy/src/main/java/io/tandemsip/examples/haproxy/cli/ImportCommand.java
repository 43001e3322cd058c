package io.tandemsip.examples.haproxy.cli;

import io.tandemsip.error.ConfigurationException;
import io.tandemsip.examples.haproxy.kamailio.Imported;
import io.tandemsip.examples.haproxy.kamailio.KamailioImport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a configuration out of a Kamailio's. Confined to one thread. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a configuration out of Kamailio's dispatcher.list, or of a kamailio.cfg and the list that it names.",
            "What has no counterpart is told on the error output. Exit code 0 if it was written, else 2."
        })
@SuppressWarnings("NullAway.Init") // fields are set by picocli
final class ImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "dispatcher.list, or kamailio.cfg.")
    private Path file;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where to write it; must not exist. Without it: to the output.")
    private Optional<Path> target = Optional.empty();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            Imported imported = KamailioImport.read(file.toString(), Files.readString(file), this::besides);
            if (target.isPresent()) {
                Files.writeString(target.get(), imported.yaml(), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
            } else {
                spec.commandLine().getOut().print(imported.yaml());
                spec.commandLine().getOut().flush();
            }
            imported.notes().forEach(note -> err.println("note: " + note));
            return ExitCode.DONE;
        } catch (ConfigurationException wrong) {
            wrong.mistakes().forEach(err::println);
        } catch (IOException failure) {
            err.println(failure.getMessage() + ": " + failure.getClass().getSimpleName()
                    + "; expected a file that can be read, and a target that does not exist");
        } finally {
            err.flush();
        }
        return ExitCode.WRONG_USAGE;
    }

    /** A list of another machine is looked for beside the script. */
    private String besides(String path) throws IOException {
        Path named = Path.of(path);
        Path folder = file.toAbsolutePath().getParent();
        Path beside = folder == null ? named : folder.resolve(named);
        Path name = named.getFileName();
        if (!Files.isReadable(beside) && folder != null && name != null) {
            beside = folder.resolve(name);
        }
        return Files.readString(beside, StandardCharsets.UTF_8);
    }
}
