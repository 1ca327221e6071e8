/**
 * Reads the Schematron files of EN 16931 and Peppol and checks documents with them. Not all of ISO Schematron: what those
 * files use, which is namespaces, variables at every level, patterns, rules, asserts, reports and functions written in XSLT.
 */
import { createRequire } from 'node:module'
import type { ReturnType as XPathType } from 'fontoxpath'
import { Document, type Element, type Node, parseXmlDocument } from 'slimdom'

/** A rule that a document breaks, and where. */
export type Finding = { rule: string; fatal: boolean; at: string; message: string }
export type Check = (document: Document) => Finding[]

/** Its exports are found by require only. */
const engine: typeof import('fontoxpath') = createRequire(import.meta.url)('fontoxpath')
const { evaluateXPath, parseScript, registerCustomXPathFunction, registerXQueryModule } = engine

const schematron = 'http://purl.oclc.org/dsdl/schematron'
const xslt = 'http://www.w3.org/1999/XSL/Transform'
const { ANY_TYPE, BOOLEAN_TYPE, NODES_TYPE, XPATH_3_1_LANGUAGE } = evaluateXPath as unknown as {
  ANY_TYPE: XPathType
  BOOLEAN_TYPE: XPathType
  NODES_TYPE: XPathType
  XPATH_3_1_LANGUAGE: string
}

type Variable = { name: string; value: string }
type Test = { rule: string; fatal: boolean; report: boolean; message: string; expression: () => unknown }
type Rule = { nodes: string; tests: Test[] }
type Pattern = { variables: Variable[]; rules: Rule[] }

/** The check of a Schematron file. @param text its content */
export function readSchematron(text: string): Check {
  registerDecimals()
  const root = parseXmlDocument(text).documentElement!
  const namespaces: Record<string, string> = { xs: 'http://www.w3.org/2001/XMLSchema' }
  for (const ns of childrenOf(root, 'ns')) namespaces[attribute(ns, 'prefix')] = attribute(ns, 'uri')
  const options = {
    namespaceResolver: (prefix: string) => (prefix === '' ? null : (namespaces[prefix] ?? null)),
    moduleImports: registerFunctions(root, namespaces),
    language: XPATH_3_1_LANGUAGE,
  }
  const evaluate = (expression: unknown, node: Node, variables: Record<string, unknown>, type: XPathType): unknown =>
    evaluateXPath(expression as string, node as never, null, variables as never, type, options as never)
  const globals = variablesOf(root)
  const patterns = childrenOf(root, 'pattern').map((pattern) => patternOf(pattern, options))

  const valuesOf = (variables: Variable[], node: Node, known: Record<string, unknown>) => {
    const values = { ...known }
    for (const { name, value } of variables) values[name] = evaluate(value, node, values, ANY_TYPE)
    return values
  }
  return (document) => {
    const known = valuesOf(globals, document, {})
    return patterns.flatMap((pattern) => {
      const values = valuesOf(pattern.variables, document, known)
      // In a pattern a node belongs to the first rule that selects it.
      const taken = new Set<Node>()
      return pattern.rules.flatMap((rule) => {
        const nodes = (evaluate(rule.nodes, document, values, NODES_TYPE) as Node[]).filter((node) => !taken.has(node))
        for (const node of nodes) taken.add(node)
        return nodes.flatMap((node) =>
          rule.tests.flatMap(({ rule: id, fatal, report, message, expression }) => {
            const holds = evaluate(expression(), node, values, BOOLEAN_TYPE) as boolean
            return holds === report ? [{ rule: id, fatal, at: placeOf(node), message }] : []
          }),
        )
      })
    })
  }
}

function patternOf(pattern: Element, options: object): Pattern {
  const rules = childrenOf(pattern, 'rule').map((rule): Rule => {
    const variables = variablesOf(rule)
    const tests = [...childrenOf(rule, 'assert'), ...childrenOf(rule, 'report')].map((test): Test => {
      const text = withVariables(`boolean(${attribute(test, 'test')})`, variables)
      let expression: unknown
      return {
        rule: test.getAttribute('id') ?? '',
        fatal: (test.getAttribute('flag') ?? 'fatal') === 'fatal',
        report: test.localName === 'report',
        message: (test.textContent ?? '').trim().replace(/\s+/g, ' '),
        expression: () => {
          expression ??= /\bsum\(|xs:decimal\(/.test(text) ? withExactDecimals(text, options) : text
          return expression
        },
      }
    })
    return { nodes: selectionOf(attribute(rule, 'context')), tests }
  })
  return { variables: variablesOf(pattern), rules }
}

/** A rule's variables stand inside its tests, so that a decimal in them stays a decimal. */
function withVariables(test: string, variables: Variable[]): string {
  return variables.reduceRight(
    (text, { name, value }) =>
      new RegExp(`\\$${name}(?![\\w.-])`).test(text) ? `let $${name} := (${value}) return ${text}` : text,
    test,
  )
}

/** A match pattern as an expression that selects from the whole document: each alternative from any depth. */
function selectionOf(context: string): string {
  const parts: string[] = []
  let depth = 0
  let quote = ''
  let part = ''
  for (const character of context) {
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if ('[('.includes(character)) depth++
    else if ('])'.includes(character)) depth--
    if (character === '|' && depth === 0 && quote === '') {
      parts.push(part)
      part = ''
    } else part += character
  }
  return [...parts, part].map((each) => each.trim().replace(/^(?!\/)/, '//')).join(' | ')
}

// ---- functions written in XSLT

function registerFunctions(root: Element, namespaces: Record<string, string>): Record<string, string> {
  const functions = root.children.filter((child) => child.namespaceURI === xslt && child.localName === 'function')
  const modules = Map.groupBy(functions, (each) => attribute(each, 'name').split(':')[0]!)
  for (const [prefix, all] of modules) {
    registerXQueryModule(`module namespace ${prefix} = "${namespaces[prefix]}";\n${all.map(functionOf).join('\n')}`)
  }
  return Object.fromEntries([...modules.keys()].map((prefix) => [prefix, namespaces[prefix]!]))
}

function functionOf(element: Element): string {
  const type = (of: Element) => (of.getAttribute('as') === null ? '' : ` as ${of.getAttribute('as')}`)
  const parameters = element.children
    .filter((child) => child.localName === 'param')
    .map((child) => `$${attribute(child, 'name')}${type(child)}`)
  const name = attribute(element, 'name')
  return `declare %public function ${name}(${parameters.join(', ')})${type(element)} { ${bodyOf(element.children)} };`
}

function bodyOf([first, ...rest]: Element[]): string {
  if (first === undefined) return '()'
  switch (first.localName) {
    case 'param':
      return bodyOf(rest)
    case 'variable': {
      const text = `"${(first.textContent ?? '').replaceAll('"', '""')}"`
      const value = first.getAttribute('select') ?? (first.children.length > 0 ? bodyOf(first.children) : text)
      return `let $${attribute(first, 'name')} := (${value}) return ${bodyOf(rest)}`
    }
    case 'sequence':
      return `(${attribute(first, 'select')})`
    case 'choose':
      return first.children.reduceRight(
        (otherwise, branch) =>
          branch.localName === 'otherwise'
            ? `(${bodyOf(branch.children)})`
            : `(if (${attribute(branch, 'test')}) then (${bodyOf(branch.children)}) else ${otherwise})`,
        '()',
      )
    default:
      throw new Error(`a function of the rules has ${first.nodeName}, which is not read here`)
  }
}

// ---- decimals

/**
 * The engine keeps xs:decimal in binary floating point, so to it 0.1 + 0.2 is not 0.3, and right invoices break BR-E-08.
 * Sums, differences and products of a test therefore go through functions that cut the noise off: after 8 decimals below ten
 * million, after 15 digits above, so that euros and cents are exact up to ten trillion.
 */
const decimalFunctions = 'urn:test:decimal'
const xqueryx = 'http://www.w3.org/2005/XQueryX'
const operators: Record<string, (a: number, b: number) => number> = {
  addOp: (a, b) => a + b,
  subtractOp: (a, b) => a - b,
  multiplyOp: (a, b) => a * b,
}

function snapped(value: number): number {
  if (!Number.isFinite(value)) return value
  return Number(Math.abs(value) < 1e7 ? value.toFixed(8) : value.toPrecision(15))
}

let registered = false

function registerDecimals(): void {
  if (registered) return
  registered = true
  for (const [localName, operator] of Object.entries(operators)) {
    registerCustomXPathFunction(
      { namespaceURI: decimalFunctions, localName },
      ['xs:anyAtomicType?', 'xs:anyAtomicType?'],
      'xs:decimal?',
      (_context: unknown, a: unknown, b: unknown) =>
        a === null || b === null ? null : snapped(operator(Number(a), Number(b))),
    )
  }
  registerCustomXPathFunction(
    { namespaceURI: decimalFunctions, localName: 'sum' },
    ['xs:anyAtomicType*'],
    'xs:decimal',
    (_context: unknown, values: unknown[]) => values.reduce<number>((sum, value) => snapped(sum + Number(value)), 0),
  )
}

function withExactDecimals(text: string, options: object): Element {
  const tree = parseScript(text, options as never, new Document() as never) as unknown as Element
  replaceArithmetic(tree)
  return tree
}

function replaceArithmetic(node: Element): void {
  for (const child of node.children) replaceArithmetic(child)
  node.removeAttributeNS(xqueryx, 'type')
  if (node.localName in operators) {
    replace(
      node,
      node.localName,
      node.children.map((operand) => operand.firstElementChild!),
    )
  } else if (node.localName === 'functionCallExpr' && node.firstElementChild?.textContent === 'sum') {
    const values = node.children[1]?.children ?? []
    if (values.length === 1) replace(node, 'sum', values)
  }
}

function replace(node: Element, functionName: string, operands: Element[]): void {
  const document = node.ownerDocument!
  const named = (name: string, ...children: Node[]) => {
    const element = document.createElementNS(xqueryx, `xqx:${name}`)
    element.append(...(children as never[]))
    return element
  }
  const name = named('functionName', document.createTextNode(functionName))
  name.setAttributeNS(xqueryx, 'xqx:prefix', 'exact')
  name.setAttributeNS(xqueryx, 'xqx:URI', decimalFunctions)
  node.replaceWith(named('functionCallExpr', name, named('arguments', ...operands)))
}

// ---- reading

function childrenOf(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.namespaceURI === schematron && child.localName === name)
}

function variablesOf(element: Element): Variable[] {
  return childrenOf(element, 'let').map((each) => ({ name: attribute(each, 'name'), value: attribute(each, 'value') }))
}

function attribute(element: Element, name: string): string {
  const value = element.getAttribute(name)
  if (value === null) throw new Error(`${element.nodeName} of the rules has no ${name}`)
  return value
}

/** `/Invoice/cac:InvoiceLine[3]` */
function placeOf(node: Node): string {
  const steps: string[] = []
  for (let at: Node | null = node; at !== null && at.nodeType === 1; at = at.parentNode) {
    const same = (at.parentNode?.childNodes ?? []).filter((sibling) => sibling.nodeName === at!.nodeName)
    steps.unshift(same.length > 1 ? `${at.nodeName}[${same.indexOf(at as never) + 1}]` : at.nodeName)
  }
  return `/${steps.join('/')}`
}
