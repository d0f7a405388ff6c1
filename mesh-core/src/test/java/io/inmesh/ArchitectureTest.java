package io.inmesh;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Random;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.TrustManager;

/** The shape that lets the engine decide without driving: what it may not know, and what may not know what. */
@AnalyzeClasses(packages = "io.inmesh", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule knowsNoTransportAndNoWireFormat = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.grpc..",
                    "com.google.protobuf..",
                    "okhttp3..",
                    "okio..",
                    "jakarta..",
                    "com.fasterxml..",
                    "org.bouncycastle..",
                    "java.net.http..",
                    "java.nio.channels..")
            .because("the engine serves every client and server alike, and costs a user none of them");

    @ArchTest
    static final ArchRule touchesNoSocket = noClasses()
            .that()
            .resideOutsideOfPackage("io.inmesh.identity")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Socket.class, ServerSocket.class, DatagramSocket.class, HttpURLConnection.class)
            .because("only TLS material mentions sockets, in signatures that the JDK prescribes");

    @ArchTest
    static final ArchRule opensNoSocketOfItsOwn = noClasses()
            .should()
            .callConstructorWhere(Calls.constructing(Socket.class, ServerSocket.class, DatagramSocket.class))
            .because("the library opens no port and no connection; adapters do");

    @ArchTest
    static final ArchRule readsNoClock = noClasses()
            .that()
            .resideOutsideOfPackage("io.inmesh.time")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(java.time.Clock.class, "systemUTC")
            .orShould()
            .callMethod(java.time.Clock.class, "systemDefaultZone")
            .because("time is an argument, so that tests and simulations own it");

    @ArchTest
    static final ArchRule drawsNoChance = noClasses()
            .that()
            .resideOutsideOfPackages("io.inmesh.time", "io.inmesh.identity")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Random.class, ThreadLocalRandom.class, SecureRandom.class)
            .orShould()
            .callMethod(Math.class, "random")
            .because("chance is an argument, so that a run can be repeated");

    @ArchTest
    static final ArchRule decidesWithoutThreads = noClasses()
            .that()
            .resideInAnyPackage(Layers.DECISIONS)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    Thread.class,
                    Executor.class,
                    ForkJoinPool.class,
                    CompletableFuture.class,
                    Timer.class,
                    LockSupport.class)
            .allowEmptyShould(true)
            .because("a decision is made on the caller's thread and never waits");

    @ArchTest
    static final ArchRule hasNoPackageCycle =
            slices().matching("io.(**)").should().beFreeOfCycles();

    @ArchTest
    static void packagesKnowOnlyWhatLiesBelow(com.tngtech.archunit.core.domain.JavaClasses classes) {
        for (int layer = 1; layer < Layers.TOP_DOWN.size(); layer++) {
            noClasses()
                    .that()
                    .resideInAnyPackage(Layers.TOP_DOWN.get(layer))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(Layers.above(layer))
                    .allowEmptyShould(true)
                    .because("lower layers serve upper ones: " + Layers.describe())
                    .check(classes);
        }
    }

    @ArchTest
    static void everyPackageHasALayer(com.tngtech.archunit.core.domain.JavaClasses classes) {
        classes()
                .should()
                .resideInAnyPackage(Layers.all())
                .because("a new package has to find its place in " + Layers.describe())
                .check(classes);
    }

    @ArchTest
    static final ArchRule trustsInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("io.inmesh.identity")
            .should()
            .beAssignableTo(TrustManager.class)
            .because("whom to trust is decided, and reviewed, in one package");

    @ArchTest
    static final ArchRule knowsTheJoseLibraryInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("io.inmesh.token")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.nimbusds..")
            .because("what is believed of a token is decided, and reviewed, in one package");

    @ArchTest
    static final ArchRule printsNothing = GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule logsThroughSlf4j = GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
}
