axe
  .run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
    resultTypes: ["violations"],
  })
  .then(({ violations }) =>
    violations.flatMap(({ id, help, helpUrl, nodes }) =>
      nodes.map(({ target, html, failureSummary }) => ({
        rule: id,
        what: `${help} (${helpUrl})`,
        element: `${target.join(" ")}: ${html}`,
        why: failureSummary,
      })),
    ),
  )
