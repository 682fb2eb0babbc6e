// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The compiled classes of one module, found beside one of its test classes, and of nothing else on the class path.
 *
 * <p>Selecting no class is an error, so that a rule cannot pass for having been aimed at a package that is not there.
 */
public final class ModuleClasses {

    private final Path mainDirectory;
    private final JavaClasses main;
    private final JavaClasses tests;

    private ModuleClasses(Path mainDirectory, Path testDirectory) {
        this.mainDirectory = mainDirectory;
        this.main = new ClassFileImporter().importPath(mainDirectory);
        this.tests = new ClassFileImporter().importPath(testDirectory);
    }

    /** The module whose tests hold the given class; both directories lie side by side under {@code target}. */
    public static ModuleClasses of(Class<?> testClass) {
        try {
            Path tests = Path.of(testClass
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return new ModuleClasses(tests.resolveSibling("classes"), tests);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All classes of the module but those of its tests. */
    public JavaClasses main() {
        return main;
    }

    /** The classes of the module's tests. */
    public JavaClasses tests() {
        return tests;
    }

    /**
     * The main classes in a package, given as {@code a.b.c} or, with those below it, as {@code a.b.c..}.
     *
     * @throws IllegalArgumentException if there is no such package, not even its {@code package-info}
     */
    public JavaClasses in(String packageIdentifier) {
        JavaClasses found = main.that(resideInAPackage(packageIdentifier));
        if (found.isEmpty()) {
            throw new IllegalArgumentException("no class in " + packageIdentifier);
        }
        return found;
    }

    /** How many class files the compiler left, counted without reading them. */
    long compiledFiles() {
        try (Stream<Path> files = Files.walk(mainDirectory)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("module-info.class"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
