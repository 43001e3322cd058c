package io.tandemsip.core;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The module's arrows and bans. */
class ArchitectureTest {
    private static final ArchRule KNOWS_NO_STACK_AND_NO_STORE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.sip..", "gov.nist..", "io.lettuce..", "java.sql..", "com.zaxxer..");

    private static final ArchRule ONLY_PROBES_OPEN_SOCKETS = noClasses()
            .that()
            .resideOutsideOfPackages("..core.probe..", "..core.freeswitch..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.net..", "java.nio.channels..")
                    .and(not(belongToAnyOf(URLEncoder.class, URLDecoder.class))));

    /** Machines are pure: no thread, no clock, no chance, no log. */
    private static final ArchRule MACHINES_ARE_PURE = noClasses()
            .that()
            .haveSimpleNameEndingWith("Machine")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.concurrent..", "java.util.random..", "java.io..", "org.slf4j..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.time\\.(Clock|InstantSource)|io\\.tandemsip\\.core\\.loop\\.(Loop|Ticker|ControlLoop).*");

    /** Time comes in as an argument: nobody but the ticker reads a clock, and probes, which meet the real world. */
    private static final ArchRule TIME_IS_AN_ARGUMENT = noClasses()
            .that()
            .resideOutsideOfPackages("..core.loop..", "..core.probe..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now");

    /** Chance comes in as an argument: only the builder chooses its source. */
    private static final ArchRule CHANCE_IS_AN_ARGUMENT = noClasses()
            .that()
            .resideInAnyPackage(
                    "..core.selection..", "..core.route..", "..core.health..", "..core.drain..", "..core.affinity..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random");

    /** No lock on the routing path: neither the classes of attempts and picks, nor what they stand on. */
    private static final ArchRule NO_LOCK_ON_THE_ROUTING_PATH = noClasses()
            .that()
            .resideInAnyPackage("..core.selection..", "..core.view..", "..core.capacity..", "..core.affinity..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.concurrent.locks..");

    /** Micrometer is optional: the router works without it, since nothing else knows the package that uses it. */
    private static final ArchRule MICROMETER_IS_OPTIONAL = noClasses()
            .that()
            .resideOutsideOfPackage("..core.metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "..core.metrics..");

    private static final ArchRule NAMES_SAY_SOMETHING = noClasses()
            .should()
            .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)")
            .orShould()
            .resideInAnyPackage("..util..", "..impl..")
            .allowEmptyShould(true);

    private static final ArchRule NOBODY_SLEEPS =
            noClasses().should().callMethod(Thread.class, "sleep", long.class).allowEmptyShould(true);

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        JavaClasses main = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.tandemsip.core");
        return Stream.of(
                DynamicTest.dynamicTest("knows no stack and no store", () -> KNOWS_NO_STACK_AND_NO_STORE.check(main)),
                DynamicTest.dynamicTest("only probes open sockets", () -> ONLY_PROBES_OPEN_SOCKETS.check(main)),
                DynamicTest.dynamicTest("machines are pure", () -> MACHINES_ARE_PURE.check(main)),
                DynamicTest.dynamicTest("time is an argument", () -> TIME_IS_AN_ARGUMENT.check(main)),
                DynamicTest.dynamicTest("chance is an argument", () -> CHANCE_IS_AN_ARGUMENT.check(main)),
                DynamicTest.dynamicTest("no lock on the routing path", () -> NO_LOCK_ON_THE_ROUTING_PATH.check(main)),
                DynamicTest.dynamicTest("Micrometer is optional", () -> MICROMETER_IS_OPTIONAL.check(main)),
                DynamicTest.dynamicTest("names say something", () -> NAMES_SAY_SOMETHING.check(main)),
                DynamicTest.dynamicTest("nobody sleeps", () -> NOBODY_SLEEPS.check(main)));
    }
}
