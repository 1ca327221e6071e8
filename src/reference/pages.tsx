import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { asset } from '../ui/assets.ts'
import { Card, More, Prose, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { CodeBlock } from '../ui/code-block.tsx'
import { PasswordField, TextAreaField, TextField } from '../ui/field.tsx'
import { DescriptionList } from '../ui/figures.tsx'
import { Form } from '../ui/form.tsx'
import { OpenLayout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { type ApiDocument, type Described, describeApi, operationsOf, type Parameter, type Schema } from './document.ts'
import { exampleOf, fieldsOf, type SchemaField, typeOf } from './schema.ts'

export function referencePages(app: App): void {
  let described: ApiDocument | undefined
  const document = () => {
    described ??= describeApi(app)
    return described
  }
  app.get('/openapi.json', requires('public'), (c) => {
    c.header('cache-control', 'public, max-age=300')
    return c.json(document() as never)
  })
  app.get('/api', requires('public'), (c) => show(c, <ReferencePage view={viewFor(c)} document={document()} />))
}

function ReferencePage({ view, document }: { view: View; document: ApiDocument }) {
  const { t } = view
  const operations = operationsOf(document)
  const tags = document.tags.map(({ name }) => ({
    name,
    operations: operations.filter(({ operation }) => operation.tags?.includes(name)),
  }))
  return (
    <OpenLayout view={view} title={t('reference.title')} lead={t('reference.lead', { count: operations.length })}>
      <Section title={t('reference.start')}>
        <Prose>
          {paragraphs(document.info.description).map((lines) => (
            <Paragraph lines={lines} />
          ))}
        </Prose>
        <Actions>
          <LinkButton href="/openapi.json">{t('reference.download')}</LinkButton>
        </Actions>
      </Section>
      <div class="scripted-only">
        <Section title={t('reference.authorisation')}>
          <Form action="/api" id="authorisation">
            <PasswordField
              name="token"
              label={t('reference.token')}
              hint={t('reference.token_hint')}
              autocomplete="new-password"
              optional
            />
          </Form>
        </Section>
      </div>
      <nav aria-label={t('reference.contents')}>
        <ul class="tag-list">
          {tags.map((tag) => (
            <li>
              <a href={`#tag-${tag.name}`}>{titleOf(tag.name)}</a>
            </li>
          ))}
        </ul>
      </nav>
      {tags.map((tag) => (
        <div id={`tag-${tag.name}`}>
          <Section title={titleOf(tag.name)}>
            {tag.operations.map((described) => (
              <OperationCard document={document} described={described} />
            ))}
          </Section>
        </div>
      ))}
      <script src={asset('api-reference.js')} defer />
    </OpenLayout>
  )
}

function OperationCard({
  document,
  described: { path, method, operation },
}: {
  document: ApiDocument
  described: Described
}) {
  const { t } = useView()
  const parameters = (operation.parameters ?? []).map((parameter) => followed(document, parameter))
  const body = operation.requestBody?.content['application/json']?.schema
  const permission = operation['x-permission']
  return (
    <div id={operation.operationId} class="operation">
      <Card title={operation.summary}>
        <p lang="en">
          <code>
            <strong>{method.toUpperCase()}</strong> {path}
          </code>
        </p>
        {operation.description && <p lang="en">{operation.description}</p>}
        <More
          label={`${t('reference.permission')}: ${permission === 'public' ? t('reference.public') : (permission ?? '')}`}
        >
          {parameters.length > 0 && (
            <ParameterTable document={document} parameters={parameters} name={operation.operationId} />
          )}
          {body && (
            <>
              <FieldTable
                fields={fieldsOf(document, body)}
                caption={t('reference.body', { operation: operation.operationId })}
              />
              <CodeBlock
                label={t('reference.example', { operation: operation.operationId })}
                text={JSON.stringify(exampleOf(document, body), null, 2)}
              />
            </>
          )}
          <Answers document={document} described={{ path, method, operation }} />
        </More>
        <div class="scripted-only">
          <More label={t('reference.try')}>
            <TryIt document={document} described={{ path, method, operation }} parameters={parameters} body={body} />
          </More>
        </div>
      </Card>
    </div>
  )
}

function ParameterTable({
  document,
  parameters,
  name,
}: {
  document: ApiDocument
  parameters: Parameter[]
  name: string
}) {
  const { t } = useView()
  const places = {
    path: t('reference.in_path'),
    query: t('reference.in_query'),
    header: t('reference.in_header'),
    cookie: '',
  }
  return (
    <Table
      caption={t('reference.parameters', { operation: name })}
      rows={parameters}
      columns={[
        { header: t('reference.name'), names: true, cell: (row) => <code>{row.name}</code> },
        { header: t('reference.place'), cell: (row) => places[row.in] },
        { header: t('reference.type'), cell: (row) => <code>{typeOf(document, row.schema ?? {})}</code> },
        { header: t('reference.needed'), cell: (row) => (row.required ? t('common.yes') : t('common.no')) },
        {
          header: t('reference.about'),
          cell: (row) => aboutOf(t, { ...row.schema, ...(row.description && { description: row.description }) }, false),
        },
      ]}
    />
  )
}

function FieldTable({ fields, caption }: { fields: SchemaField[]; caption: string }) {
  const { t } = useView()
  return (
    <Table
      caption={caption}
      rows={fields}
      columns={[
        { header: t('reference.name'), names: true, cell: (row) => <code>{row.path}</code> },
        { header: t('reference.type'), cell: (row) => <code>{row.type}</code> },
        { header: t('reference.needed'), cell: (row) => (row.required ? t('common.yes') : t('common.no')) },
        { header: t('reference.about'), cell: (row) => aboutOf(t, row.schema, row.nullable) },
      ]}
    />
  )
}

function Answers({ document, described: { operation } }: { document: ApiDocument; described: Described }) {
  const { t } = useView()
  const answers = Object.entries(operation.responses)
  const [status, good] = answers.find(([code]) => code.startsWith('2')) ?? []
  const schema = Object.values(good?.content ?? {})[0]?.schema
  const fields = schema ? fieldsOf(document, schema) : []
  return (
    <>
      <DescriptionList
        items={answers.map(([code, answer]) => ({ term: code, text: <span lang="en">{answer.description}</span> }))}
      />
      {fields.length > 0 && (
        <FieldTable
          fields={fields}
          caption={t('reference.answer', { status: status ?? '', operation: operation.operationId })}
        />
      )}
    </>
  )
}

function TryIt({
  document,
  described: { path, method, operation },
  parameters,
  body,
}: {
  document: ApiDocument
  described: Described
  parameters: Parameter[]
  body: Schema | undefined
}) {
  const { t } = useView()
  const name = operation.operationId
  return (
    <div
      data-try={path}
      data-method={method.toUpperCase()}
      data-unreachable={t('reference.unreachable')}
      data-not-json={t('reference.not_json')}
      data-sending={t('reference.sending')}
      data-result={t('reference.result', { operation: name })}
    >
      {method !== 'get' && <p class="hint">{t('reference.try_hint')}</p>}
      <Form action={path} id={`try-${name}`}>
        {parameters.map((parameter) => (
          <TextField
            name={`${parameter.in}:${parameter.name}`}
            label={parameter.name}
            optional={parameter.required !== true}
            value={typeof parameter.schema?.example === 'string' ? parameter.schema.example : ''}
            autocomplete="off"
          />
        ))}
        {body && (
          <TextAreaField
            name="body"
            label={t('reference.json')}
            rows={10}
            value={JSON.stringify(exampleOf(document, body), null, 2)}
          />
        )}
        <Actions>
          <Button>{t('reference.send')}</Button>
        </Actions>
      </Form>
      <div data-answer="" role="status" />
    </div>
  )
}

function aboutOf(t: View['t'], schema: Schema, nullable: boolean): string {
  const { description, enum: values, minimum, maximum, maxLength } = schema
  const parts = [
    description,
    values && t('reference.one_of', { values: values.map((value) => JSON.stringify(value)).join(', ') }),
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && t('reference.at_least', { value: minimum }),
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && t('reference.at_most', { value: maximum }),
    maxLength !== undefined && t('reference.longest', { value: maxLength }),
    nullable && t('reference.nullable'),
    schema.default !== undefined &&
      schema.default !== null &&
      t('reference.default', { value: JSON.stringify(schema.default) }),
  ]
  return parts.filter((part) => typeof part === 'string' && part !== '').join('; ')
}

function followed(document: ApiDocument, parameter: Parameter): Parameter {
  if (parameter.$ref === undefined) return parameter
  const kept = document.components.parameters as Record<string, Parameter>
  return kept[parameter.$ref.split('/').at(-1)!]!
}

/** A tag as a heading: `service-kinds` as `Service kinds`. */
function titleOf(tag: string): string {
  const words = tag.replace(/[-_]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function paragraphs(markdown: string): string[][] {
  return markdown.split('\n\n').map((block) => block.split('\n'))
}

/** The little of Markdown that our own description uses: lists and `code`. */
function Paragraph({ lines }: { lines: string[] }) {
  if (!lines[0]?.startsWith('* ')) return <p lang="en">{codes(lines.join(' '))}</p>
  return (
    <ul lang="en">
      {lines.map((line) => (
        <li>{codes(line.slice(2))}</li>
      ))}
    </ul>
  )
}

function codes(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))
}
