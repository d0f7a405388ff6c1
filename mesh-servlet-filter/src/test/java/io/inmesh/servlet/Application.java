package io.inmesh.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a container runs behind the filter. */
final class Application {

    /** What a servlet does. */
    interface Work {
        void on(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    final Map<String, HttpServlet> servlets = new LinkedHashMap<>();
    final Map<Integer, String> statusPages = new LinkedHashMap<>();
    final Map<Class<? extends Throwable>, String> exceptionPages = new LinkedHashMap<>();
    final List<String> welcomeFiles = new ArrayList<>();
    String contextPath = "";

    /** Has a pattern served by some work. */
    Application on(String pattern, Work work) {
        servlets.put(pattern, new WorkServlet(work));
        return this;
    }

    /** Has a path show errors of a status. */
    Application page(int status, String path) {
        statusPages.put(status, path);
        return this;
    }

    /** Has a path show exceptions of a type. */
    Application page(Class<? extends Throwable> type, String path) {
        exceptionPages.put(type, path);
        return this;
    }

    /** Has directories show a file of this name, on Tomcat. */
    Application welcome(String file) {
        welcomeFiles.add(file);
        return this;
    }

    /** Puts it under a context path. */
    Application under(String contextPath) {
        this.contextPath = contextPath;
        return this;
    }

    /** Does some work for every method but HEAD, which answers as GET does without a body. */
    private static final class WorkServlet extends HttpServlet {
        private static final long serialVersionUID = 1;
        private final transient Work work;

        WorkServlet(Work work) {
            this.work = work;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            work.on(request, response);
        }
    }
}
