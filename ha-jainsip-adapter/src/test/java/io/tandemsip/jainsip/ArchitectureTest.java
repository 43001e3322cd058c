package io.tandemsip.jainsip;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The module's arrows and bans. */
class ArchitectureTest {
    private static final ArchRule KNOWS_THE_API_AND_THE_STACK = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax.sip..",
                    "gov.nist..",
                    "javax.crypto..",
                    "javax.naming..",
                    "javax.net.ssl..",
                    "javax.security.auth.x500..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "io.tandemsip",
                    "io.tandemsip.dialog",
                    "io.tandemsip.drain",
                    "io.tandemsip.event",
                    "io.tandemsip.health",
                    "io.tandemsip.location",
                    "io.tandemsip.node",
                    "io.tandemsip.takeover",
                    "io.tandemsip.jainsip..");

    /** What needs the reference implementation itself stands apart: the rest runs on the API of JAIN-SIP 1.2. */
    private static final ArchRule FEW_CLASSES_NAME_THE_IMPLEMENTATION = noClasses()
            .that()
            .haveNameNotMatching(
                    ".*\\.(websocket\\.(WebSocketProcessor|WebSocketChannel.*|SecureWebSocketChannel.*|WebSocketInbox.*)|StackSupport|StackValve|CarefulParserFactory.*|PlainFirstParser|PlainHeaders|HeaderNames|PlainUri|StackDatagrams|StackChannel|SocketQueue.*|DirectUdpProcessor.*|DirectProcessorFactory|Slf4jStackLogger|Slf4jServerLogger)")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("gov.nist..");

    private static final ArchRule NAMES_SAY_SOMETHING =
            noClasses().should().haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)");

    private static final ArchRule NOBODY_SLEEPS =
            noClasses().should().callMethod(Thread.class, "sleep", long.class).allowEmptyShould(true);

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        JavaClasses main = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.tandemsip.jainsip");
        return Stream.of(
                DynamicTest.dynamicTest("knows api and stack", () -> KNOWS_THE_API_AND_THE_STACK.check(main)),
                DynamicTest.dynamicTest("gov.nist apart", () -> FEW_CLASSES_NAME_THE_IMPLEMENTATION.check(main)),
                DynamicTest.dynamicTest("names say something", () -> NAMES_SAY_SOMETHING.check(main)),
                DynamicTest.dynamicTest("nobody sleeps", () -> NOBODY_SLEEPS.check(main)));
    }
}
