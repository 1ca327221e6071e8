/** Service kinds for people: everybody reads them, a region keeps them. */
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, type FieldKind, show, viewFor } from '../http/pages.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { CheckboxesField, CheckboxField, TextField } from '../ui/field.tsx'
import { emptyForm, FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { CatalogueTabs, groupOptions, nameIn } from './catalogue-page.tsx'
import { changeKind, createKind } from './commands.ts'
import { KindChange, KindInput } from './kind.ts'
import { getKind, type KindRow, listKinds, listTargetGroups, type OfferedKind, type TargetGroupRow } from './store.ts'

const kinds: Record<string, FieldKind> = {
  target_groups: 'list',
  institution_alternative: 'boolean',
  registered: 'boolean',
}

export function kindPages(app: App): void {
  app.get('/service-kinds', requires('catalogue.read'), async (c) => {
    const [rows, groups] = await transact(
      c.get('ctx'),
      async (tx) => [await listKinds(tx), await listTargetGroups(tx)] as const,
    )
    return show(c, <KindsPage view={viewFor(c)} rows={rows} groups={groups} />)
  })
  app.get('/service-kinds/new', requires('kind.manage'), async (c) => {
    const groups = await transact(c.get('ctx'), listTargetGroups)
    return show(c, <KindFormPage view={viewFor(c)} kind={null} groups={groups} state={emptyForm} />)
  })
  app.post('/service-kinds/new', requires('kind.manage'), (c) =>
    answerForm(c, {
      schema: KindInput,
      kinds,
      act: async (input) => {
        await createKind(c.get('ctx'), input)
        return '/service-kinds?done=kind_created'
      },
      page: async (state) => {
        const groups = await transact(c.get('ctx'), listTargetGroups)
        return <KindFormPage view={viewFor(c)} kind={null} groups={groups} state={state} />
      },
    }),
  )
  app.get('/service-kinds/:code/edit', requires('kind.manage'), async (c) => {
    const [kind, groups] = await transact(
      c.get('ctx'),
      async (tx) => [await getKind(tx, c.req.param('code')), await listTargetGroups(tx)] as const,
    )
    return show(c, <KindFormPage view={viewFor(c)} kind={kind} groups={groups} state={kindState(kind)} />)
  })
  app.post('/service-kinds/:code/edit', requires('kind.manage'), (c) => {
    const code = c.req.param('code')
    return answerForm(c, {
      schema: KindChange,
      kinds,
      act: async (input) => {
        await changeKind(c.get('ctx'), code, input)
        return '/service-kinds?done=kind_changed'
      },
      page: async (state) => {
        const [kind, groups] = await transact(
          c.get('ctx'),
          async (tx) => [await getKind(tx, code), await listTargetGroups(tx)] as const,
        )
        return <KindFormPage view={viewFor(c)} kind={kind} groups={groups} state={state} />
      },
    })
  })
}

function kindState(kind: KindRow): FormState {
  const { name_lv, name_en, target_groups, institution_alternative, registered, note_lv, note_en } = kind
  const values: FormState['values'] = {
    name_lv,
    name_en,
    target_groups,
    note_lv: note_lv ?? '',
    note_en: note_en ?? '',
  }
  if (institution_alternative) values.institution_alternative = 'yes'
  if (registered) values.registered = 'yes'
  return { values, errors: [] }
}

function KindsPage({ view, rows, groups }: { view: View; rows: OfferedKind[]; groups: TargetGroupRow[] }) {
  const { t, format } = view
  const groupNames = new Map(groups.map((group) => [group.code, nameIn(view, group)]))
  // What is offered stands first: that is what most readers came for.
  const sorted = [...rows].sort(
    (a, b) => Number(b.offers > 0) - Number(a.offers > 0) || format.compare(nameIn(view, a), nameIn(view, b)),
  )
  return (
    <Layout
      view={view}
      title={t('kind.list')}
      lead={t('kind.lead')}
      active="/catalogue"
      wide
      actions={
        view.can('kind.manage') && (
          <LinkButton href="/service-kinds/new" icon="plus">
            {t('kind.new')}
          </LinkButton>
        )
      }
    >
      <CatalogueTabs view={view} current="kinds" />
      <Table
        caption={t('kind.caption')}
        captionHidden
        rows={sorted}
        columns={[
          { header: t('kind.name'), names: true, cell: (kind) => <KindName view={view} kind={kind} /> },
          {
            header: t('kind.target_groups'),
            cell: (kind) => kind.target_groups.map((code) => groupNames.get(code) ?? code).join('; ') || '–',
          },
          {
            header: t('kind.offers'),
            cell: (kind) =>
              kind.offers === 0 ? (
                <span class="muted">{t('kind.not_offered')}</span>
              ) : (
                <a href={`/catalogue?kind_code=${kind.code}`}>
                  {t('kind.offered', { offers: kind.offers })}
                  <span class="visually-hidden">: {nameIn(view, kind)}</span>
                </a>
              ),
          },
          ...(view.can('kind.manage')
            ? [
                {
                  header: t('common.actions'),
                  bare: true,
                  cell: (kind: OfferedKind) => (
                    <>
                      <LinkButton href={`/service-kinds/${kind.code}/edit`} kind="quiet">
                        {t('action.edit')}
                        <span class="visually-hidden"> {nameIn(view, kind)}</span>
                      </LinkButton>
                      <LinkButton href={`/service-kinds/${kind.code}/stay-rule`} kind="quiet">
                        {t('stay.rule')}
                        <span class="visually-hidden"> {nameIn(view, kind)}</span>
                      </LinkButton>
                    </>
                  ),
                },
              ]
            : []),
        ]}
      />
    </Layout>
  )
}

function KindName({ view, kind }: { view: View; kind: OfferedKind }) {
  const { t, language } = view
  const note = language === 'lv' ? kind.note_lv : kind.note_en
  const more = [
    kind.institution_alternative ? t('kind.alternative') : null,
    kind.registered ? null : t('kind.not_registered'),
    note,
  ]
    .filter(Boolean)
    .join('; ')
  return (
    <div>
      {nameIn(view, kind)}
      {more !== '' && (
        <>
          <br />
          <span class="muted">{more}</span>
        </>
      )}
    </div>
  )
}

function KindFormPage({
  view,
  kind,
  groups,
  state,
}: {
  view: View
  kind: KindRow | null
  groups: TargetGroupRow[]
  state: FormState
}) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t(kind === null ? 'kind.new' : 'kind.edit')}
      active="/catalogue"
      breadcrumbs={[{ href: '/service-kinds', text: t('kind.list') }]}
    >
      <Form action={kind === null ? '/service-kinds/new' : `/service-kinds/${kind.code}/edit`} state={state}>
        {kind === null && (
          <TextField name="code" label={t('kind.code')} hint={t('kind.code_hint')} width="medium" maxlength={60} />
        )}
        <FieldRow>
          <TextField name="name_lv" label={t('kind.name_lv')} width="medium" maxlength={200} />
          <TextField name="name_en" label={t('kind.name_en')} width="medium" maxlength={200} />
        </FieldRow>
        <CheckboxesField
          name="target_groups"
          label={t('kind.target_groups')}
          optional
          columns
          options={groupOptions(view, groups)}
        />
        <CheckboxField name="institution_alternative" label={t('kind.institution_alternative')} />
        <CheckboxField name="registered" label={t('kind.registered')} hint={t('kind.registered_hint')} />
        <FieldRow>
          <TextField name="note_lv" label={t('kind.note_lv')} width="medium" maxlength={500} optional />
          <TextField name="note_en" label={t('kind.note_en')} width="medium" maxlength={500} optional />
        </FieldRow>
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href="/service-kinds" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}
