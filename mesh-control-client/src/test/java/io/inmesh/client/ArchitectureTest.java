package io.inmesh.client;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import javax.net.ssl.TrustManager;

/** The client brings configuration in and hands it over; it neither decides about calls nor grows what users ship. */
@AnalyzeClasses(packages = "io.inmesh.client", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule usesOnlyWhatUsersShipAnyway = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "okhttp3..",
                    "jakarta..",
                    "org.bouncycastle..",
                    "com.fasterxml..",
                    "com.google.common..",
                    "io.envoyproxy..",
                    "io.inmesh.server..")
            .allowEmptyShould(true)
            .because("what a user adds to an application stays small and clashes with nothing");

    @ArchTest
    static final ArchRule usesNoUnpublishedTransportApi = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc.internal..", "io.grpc.netty..", "io.grpc.xds..")
            .allowEmptyShould(true)
            .because("the transport is found at run time, so that a gRPC user shares their own");

    @ArchTest
    static final ArchRule decidesAboutNoCall = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "io.inmesh.route",
                            "io.inmesh.cluster",
                            "io.inmesh.balance",
                            "io.inmesh.retry",
                            "io.inmesh.health",
                            "io.inmesh.limit",
                            "io.inmesh.fault",
                            "io.inmesh.dispatch",
                            "io.inmesh.stage")
                    .and(not(name("io.inmesh.cluster.ClusterLoad$LocalityShare"))))
            .allowEmptyShould(true)
            .because("configuration crosses as plain records; what comes back are the shares of a load report");

    @ArchTest
    static final ArchRule opensNoPort = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(ServerSocket.class, ServerSocketChannel.class)
            .allowEmptyShould(true)
            .because("the library only ever dials out");

    @ArchTest
    static final ArchRule trustsNobodyByItself = noClasses()
            .that()
            .resideOutsideOfPackage("io.inmesh.client.identity")
            .should()
            .beAssignableTo(TrustManager.class)
            .allowEmptyShould(true)
            .because(
                    "before the first certificate a join token says whom to trust; that, too, is decided in one package");

    @ArchTest
    static final ArchRule hasNoPackageCycle =
            slices().matching("io.inmesh.(**)").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule printsNothing =
            GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.allowEmptyShould(true);

    @ArchTest
    static final ArchRule logsThroughSlf4j =
            GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.allowEmptyShould(true);
}
