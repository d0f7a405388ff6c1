package io.inmesh.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import javax.net.ssl.TrustManager;

/** The kit serves tests of every transport, so it brings none. */
@AnalyzeClasses(packages = "io.inmesh.testkit", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule bringsNoTransport = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("okhttp3..", "io.grpc..", "com.google.protobuf..", "jakarta..", "io.inmesh.xds..")
            .because("a user's tests should not need what the user's code does not");

    @ArchTest
    static final ArchRule trustsLikeProduction = noClasses()
            .should()
            .beAssignableTo(TrustManager.class)
            .because("a test that trusts everybody proves nothing");

    @ArchTest
    static final ArchRule hasNoPackageCycle =
            slices().matching("io.inmesh.(**)").should().beFreeOfCycles().allowEmptyShould(true);
}
