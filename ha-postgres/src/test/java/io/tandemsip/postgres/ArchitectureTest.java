package io.tandemsip.postgres;

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
    private static final ArchRule KNOWS_NEITHER_CORE_NOR_REDIS = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.tandemsip.core..", "io.lettuce..", "javax.sip..")
            .allowEmptyShould(true);

    private static final ArchRule NAMES_SAY_SOMETHING = noClasses()
            .should()
            .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)")
            .orShould()
            .resideInAnyPackage("..util..", "..impl..")
            .allowEmptyShould(true);

    private static final ArchRule NOBODY_SLEEPS =
            noClasses().should().callMethod(Thread.class, "sleep", long.class).allowEmptyShould(true);

    /** Expiry is by the server's clock: a router whose clock is an hour off does nobody harm. */
    private static final ArchRule NOBODY_ASKS_A_WALL_CLOCK = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Instant")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock");

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        JavaClasses main = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.tandemsip.postgres");
        return Stream.of(
                DynamicTest.dynamicTest("knows neither core nor redis", () -> KNOWS_NEITHER_CORE_NOR_REDIS.check(main)),
                DynamicTest.dynamicTest("names say something", () -> NAMES_SAY_SOMETHING.check(main)),
                DynamicTest.dynamicTest("nobody sleeps", () -> NOBODY_SLEEPS.check(main)),
                DynamicTest.dynamicTest("nobody asks a wall clock", () -> NOBODY_ASKS_A_WALL_CLOCK.check(main)));
    }
}
