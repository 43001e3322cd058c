package io.tandemsip.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.tandemsip.HaRouter;
import io.tandemsip.core.RouterBuilder;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The router and the simulator once more, with one bug in them. Thread-safe. */
final class BuggyClasses extends ClassLoader {
    private final Map<String, byte[]> compiled;

    private BuggyClasses(Map<String, byte[]> compiled) {
        super(BuggyClasses.class.getClassLoader());
        this.compiled = compiled;
    }

    /**
     * Compiles the file that has the bug.
     *
     * @throws IllegalStateException if the bug does not apply or does not compile
     */
    static BuggyClasses with(PlantedBug bug) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8);
                InMemory outputs = new InMemory(files)) {
            boolean well = compiler.getTask(
                            complaints,
                            outputs,
                            null,
                            List.of("-classpath", classPath(), "-proc:none", "-nowarn", "--release", "17"),
                            null,
                            List.of(new Source(bug)))
                    .call();
            if (!well) {
                throw new IllegalStateException("planted bug \"" + bug.name() + "\" does not compile: " + complaints);
            }
            return new BuggyClasses(outputs.classes());
        }
    }

    /** Where the classes of this run are, whatever started it. */
    private static String classPath() {
        return Stream.of(
                        Simulation.class,
                        RouterBuilder.class,
                        HaRouter.class,
                        Caffeine.class,
                        LoggerFactory.class,
                        NullMarked.class)
                .map(BuggyClasses::whereItIs)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    static String whereItIs(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /**
     * Runs seeds until one breaks a promise.
     *
     * @return what {@link Hunt#first} says
     */
    String hunt(long first, int seeds) {
        try {
            Object found = loadClass(Hunt.class.getName())
                    .getMethod("first", long.class, int.class)
                    .invoke(null, first, seeds);
            return String.valueOf(found);
        } catch (ReflectiveOperationException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("io.tandemsip.core.") && !name.startsWith("io.tandemsip.sim.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : findClass(name);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = compiled.containsKey(name) ? compiled.get(name) : original(name);
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] original(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException failure) {
            throw new ClassNotFoundException(name, failure);
        }
    }

    /** Source text that is in no file. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(PlantedBug bug) throws IOException {
            super(URI.create("string:///" + bug.className().replace('.', '/') + ".java"), Kind.SOURCE);
            text = bug.source();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps what the compiler makes. */
    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> made = new HashMap<>();

        InMemory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, @Nullable FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            made.put(className, bytes);
            return new SimpleJavaFileObject(
                    URI.create("mem:///" + className.replace('.', '/') + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }

        Map<String, byte[]> classes() {
            return made.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, each -> each.getValue().toByteArray()));
        }
    }
}
