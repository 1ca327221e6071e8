import { expect, test } from 'vitest'
import { AttendanceSheet } from '../../src/ui/attendance-sheet.tsx'
import { Card, Section } from '../../src/ui/blocks.tsx'
import {
  CheckboxesField,
  CheckboxField,
  DateField,
  MoneyField,
  PasswordField,
  SelectField,
} from '../../src/ui/field.tsx'
import { Money } from '../../src/ui/figures.tsx'
import { FlowChart } from '../../src/ui/flow-chart.tsx'
import { Form, type FormState } from '../../src/ui/form.tsx'
import { Layout } from '../../src/ui/layout.tsx'
import { Table } from '../../src/ui/table.tsx'
import { type ViewFacts, viewOf } from '../../src/ui/view.ts'
import { WithView } from '../../src/ui/view-context.tsx'

type Element = { toString(): string | Promise<string> }

async function rendered(element: Element): Promise<string> {
  return String(await element.toString())
}

function view(facts: Partial<ViewFacts> = {}) {
  return viewOf({ path: '/', person: { name: 'Ilze' }, key: () => 'key-1', ...facts })
}

const refused: FormState = {
  values: { price: '12,5x', kind: 'b', groups: ['y'], password: 'secret' },
  errors: [
    { path: 'price', message: 'Ierakstiet skaitli' },
    { path: '', message: 'Kopumā nav labi' },
  ],
}

test('a refused form keeps what was typed and leads from the summary to the field', async () => {
  const html = await rendered(
    <WithView view={view()}>
      <Form action="/offers" state={refused}>
        <MoneyField name="price" label="Cena" hint="Bez PVN" value="1,00" />
        <SelectField
          name="kind"
          label="Veids"
          options={[
            { value: 'a', label: 'A' },
            { value: 'b', label: 'B' },
          ]}
        />
        <CheckboxesField
          name="groups"
          label="Grupas"
          value={['x']}
          options={[
            { value: 'x', label: 'X' },
            { value: 'y', label: 'Y' },
          ]}
        />
        <PasswordField name="password" label="Parole" autocomplete="current-password" />
      </Form>
    </WithView>,
  )
  expect(html).toContain('<a href="#field-price">Cena: Ierakstiet skaitli</a>')
  expect(html).toContain('<li>Kopumā nav labi</li>')
  expect(html).toContain('Jālabo 2 lauki')
  expect(html).toMatch(
    /<input[^>]*id="field-price"[^>]*value="12,5x"[^>]*aria-describedby="field-price-hint field-price-error"/,
  )
  expect(html).toMatch(/aria-invalid="true"/)
  expect(html).toContain('<option value="b" selected="">')
  expect(html).toMatch(/value="y" checked=""/)
  expect(html).not.toMatch(/value="x" checked/)
  expect(html).not.toContain('secret')
})

test('a box that was unticked stays unticked when the form comes back', async () => {
  const page = (values: FormState['values']) =>
    rendered(
      <WithView view={view()}>
        <Form action="/offers" state={{ values, errors: [] }}>
          <CheckboxField name="agree" label="Piekrītu" checked />
        </Form>
      </WithView>,
    )
  expect(await page({})).toContain('checked=""')
  expect(await page({ title: 'x' })).not.toContain('checked=""')
})

test('the summary follows the order of the form and leads only to fields that are there', async () => {
  const errors = [
    { path: 'b', message: 'otrs' },
    { path: 'a', message: 'pirmais' },
    { path: 'elsewhere', message: 'cits' },
  ]
  const html = await rendered(
    <WithView view={view()}>
      <Form action="/offers" state={{ values: {}, errors }}>
        <DateField name="a" label="A" />
        <DateField name="b" label="B" />
      </Form>
    </WithView>,
  )
  expect(html).toMatch(/<li>cits<\/li>.*A: pirmais.*B: otrs/s)
})

test('a form brings its key, and has no summary the first time', async () => {
  const html = await rendered(
    <WithView view={view()}>
      <Form action="/offers">
        <DateField name="from" label="No" />
      </Form>
    </WithView>,
  )
  expect(html).toContain('<input type="hidden" name="_key" value="key-1"/>')
  expect(html).not.toContain('role="alert"')
})

test('a field that waits for something still finds its form, and two pages rendered at once keep their own language', async () => {
  async function Slow({ wait }: { wait: number }) {
    await new Promise((done) => setTimeout(done, wait))
    return <Money amount="1234.50" />
  }
  const page = (language: 'lv' | 'en', wait: number) =>
    rendered(
      <WithView view={view({ language })}>
        <Form action="/x">
          <Slow wait={wait} />
        </Form>
      </WithView>,
    )
  const [latvian, english] = await Promise.all([page('lv', 20), page('en', 5)])
  expect(latvian).toContain('1\u00a0234,50\u00a0€')
  expect(english).toContain('€1,234.50')
})

test('the navigation shows what a person may do, and where they are', async () => {
  const html = await rendered(
    <Layout
      view={view({ path: '/invoices/7?tab=lines', can: (permission) => permission === 'invoice.read' })}
      title="Rēķins"
    >
      text
    </Layout>,
  )
  expect(html).toMatch(/^<!doctype html><html lang="lv" data-theme="system">/)
  expect(html).toContain('<a href="/invoices" aria-current="page">')
  expect(html).toContain('<a href="/api">')
  expect(html).not.toContain('href="/months"')
  expect(html).toContain('href="/invoices/7?tab=lines&amp;lang=en"')
})

test('nothing on a page breaks the policy that forbids inline scripts and styles', async () => {
  const html = await rendered(
    <Layout view={view({ can: () => true, notice: { kind: 'success', text: '<b>' } })} title="<script>">
      <FlowChart id="flow" title="Plūsma" description="Viena" flows={[{ from: 'A', to: 'B', amount: '0.10' }]} />
    </Layout>,
  )
  expect(html).not.toMatch(/\sstyle=|\son\w+=|<style/)
  expect(html.match(/<script(?! src=)/)).toBe(null)
  expect(html).toContain('&lt;b&gt;')
})

test('a table names its rows, adds up its columns and says so to a screen reader', async () => {
  const html = await rendered(
    <WithView view={view()}>
      <Table
        caption="Rindas"
        rows={[{ name: 'K-1', amount: '10.00' }]}
        columns={[
          { header: 'Klients', names: true, cell: (row) => row.name },
          {
            header: 'Summa',
            numeric: true,
            cell: (row) => <Money amount={row.amount} />,
            total: <Money amount="10.00" />,
          },
        ]}
      />
    </WithView>,
  )
  expect(html).toContain('<caption>Rindas</caption>')
  expect(html).toContain('<th scope="row" role="rowheader">K-1</th>')
  expect(html).toContain('Kopā')
})

test('a flow chart adds each side up to the cent', async () => {
  const html = await rendered(
    <WithView view={view()}>
      <FlowChart
        id="flow"
        title="Plūsma"
        description="Divas"
        flows={[
          { from: 'A', to: 'C', amount: '0.10' },
          { from: 'B', to: 'C', amount: '0.20' },
        ]}
      />
    </WithView>,
  )
  expect(html).toContain('saņem 0,30\u00a0€')
})

test('an attendance sheet has every day of its month, and names each box by person and day', async () => {
  const html = await rendered(
    <WithView view={view()}>
      <AttendanceSheet
        caption="Februāris"
        month="2028-02"
        cell="tick"
        rows={[
          {
            id: 'p1',
            name: 'K-1',
            total: '1',
            days: {
              '2028-02-29': { kind: 'given', quantity: '1' },
              '2028-02-01': { kind: 'outside' },
              '2028-02-02': { kind: 'absent', absence: 'hospital' },
            },
          },
        ]}
      />
    </WithView>,
  )
  expect(html.match(/type="checkbox"/g)).toHaveLength(27)
  expect(html).toMatch(/value="p1:2028-02-29" checked="" aria-label="K-1, 29. februāris: bija klāt"/)
  expect(html).toContain('prombūtne: slimnīca')
})

test('headings go one level deeper inside a section', async () => {
  const html = await rendered(
    <WithView view={view()}>
      <Card title="Viens" />
      <Section title="Daļa">
        <Card title="Divi" />
      </Section>
    </WithView>,
  )
  expect(html).toMatch(/<h2 class="card-title">Viens<\/h2>.*<h2>Daļa<\/h2>.*<h3 class="card-title">Divi<\/h3>/s)
})
