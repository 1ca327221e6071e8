/** The seller's page of an offer's parts and of going beyond its capacity: what holds, and forms to add more. */
import { Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm } from '../ui/button.tsx'
import { CheckboxesField, DateField, SelectField, TextField } from '../ui/field.tsx'
import { FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { type Column, Table, TwoLines } from '../ui/table.tsx'
import { isTextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { overReasons } from './capacity-part.ts'
import { nameIn } from './catalogue-page.tsx'
import type { NamedOffer, TargetGroupRow } from './store.ts'
import type { OverRuleRow, PartRow } from './vacancy-store.ts'

/** Who pays for places of a programme; a resident and relatives are none. */
const funders = ['esf', 'state'] as const

export interface PartsPageProps {
  view: View
  offer: NamedOffer
  parts: PartRow[]
  rules: OverRuleRow[]
  groups: TargetGroupRow[]
  municipalities: { id: string; name: string }[]
  part: FormState
  rule: FormState
}

export function PartsPage(props: PartsPageProps) {
  const { view, offer } = props
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('vacancy.sharing')}
      lead={offer.title}
      active="/catalogue"
      breadcrumbs={[
        { href: '/catalogue?own=true', text: t('catalogue.own') },
        { href: `/offers/${offer.id}`, text: offer.title },
        { href: `/offers/${offer.id}/capacity`, text: t('capacity.title') },
      ]}
    >
      <Parts {...props} />
      <OverRules {...props} />
    </Layout>
  )
}

/** For whom a part is, in words: a municipality, a group, or nobody in particular. */
function whose(view: View, part: PartRow, groups: readonly TargetGroupRow[]): string {
  if (part.buyer_name !== null) return part.buyer_name
  const group = groups.find(({ code }) => code === part.target_group)
  return group === undefined ? view.t('vacancy.part_everybody') : nameIn(view, group)
}

function funderName({ t }: View, funder: string | null): string {
  if (funder === null) return '–'
  const key = `funding.source.${funder}`
  return isTextKey(key) ? t(key) : funder
}

function Parts({ view, offer, parts, groups, municipalities, part }: PartsPageProps) {
  const { t, format } = view
  const columns: Column<PartRow>[] = [
    {
      header: t('vacancy.part_for'),
      names: true,
      cell: (row) => <TwoLines under={row.note || null}>{whose(view, row, groups)}</TwoLines>,
    },
    { header: t('capacity.count'), numeric: true, cell: (row) => String(row.places) },
    { header: t('vacancy.funder'), cell: (row) => funderName(view, row.funder) },
    { header: t('common.period'), cell: (row) => format.period(row.valid_from, row.valid_to) },
    {
      header: t('common.actions'),
      bare: true,
      cell: (row) => (
        <Confirm action={`/capacity-parts/${row.id}/remove`} label={t('capacity.remove')}>
          {t('vacancy.part_remove_text')}
        </Confirm>
      ),
    },
  ]
  return (
    <Section title={t('vacancy.parts')} lead={t('vacancy.parts_lead')}>
      <Table
        caption={t('vacancy.parts')}
        captionHidden
        id="parts"
        rows={parts}
        columns={columns}
        empty={<p class="hint">{t('vacancy.parts_none')}</p>}
      />
      <Form action={`/offers/${offer.id}/parts`} state={part} id="part">
        <FieldRow>
          <TextField name="places" label={t('capacity.count')} width="short" inputmode="numeric" />
          <DateField name="valid_from" label={t('price.valid_from')} />
          <DateField name="valid_to" label={t('price.valid_to')} hint={t('price.valid_to_hint')} optional />
        </FieldRow>
        <SelectField
          name="buyer_id"
          label={t('vacancy.part_buyer')}
          width="full"
          optional
          empty={t('vacancy.part_everybody')}
          options={municipalities.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <SelectField
          name="target_group"
          label={t('vacancy.part_group')}
          width="full"
          optional
          empty={t('vacancy.part_everybody')}
          options={groups.map((group) => ({ value: group.code, label: nameIn(view, group) }))}
        />
        <SelectField
          name="funder"
          label={t('vacancy.funder')}
          hint={t('vacancy.funder_hint')}
          optional
          empty={t('vacancy.funder_none')}
          options={funders.map((funder) => ({ value: funder, label: t(`funding.source.${funder}`) }))}
        />
        <TextField
          name="note"
          label={t('common.note')}
          hint={t('vacancy.part_note_hint')}
          width="full"
          maxlength={500}
          optional
        />
        <Actions>
          <Button>{t('vacancy.part_add')}</Button>
        </Actions>
      </Form>
    </Section>
  )
}

function OverRules({ view, offer, rules, rule }: PartsPageProps) {
  const { t, format } = view
  return (
    <Section title={t('vacancy.over_rules')} lead={t('vacancy.over_lead')}>
      <Table
        caption={t('vacancy.over_rules')}
        captionHidden
        id="over-rules"
        rows={rules}
        empty={<p class="hint">{t('vacancy.over_none')}</p>}
        columns={[
          { header: t('vacancy.over_by'), names: true, cell: (row) => overInWords(view, row) },
          {
            header: t('vacancy.over_reasons'),
            cell: (row) => row.reasons.map((reason) => t(`vacancy.reason.${reason as 'crisis'}`)).join(', '),
          },
          { header: t('common.period'), cell: (row) => format.period(row.valid_from, row.valid_to) },
          {
            header: t('common.actions'),
            bare: true,
            cell: (row) => (
              <Confirm action={`/over-rules/${row.id}/remove`} label={t('capacity.remove')}>
                {t('vacancy.over_remove_text')}
              </Confirm>
            ),
          },
        ]}
      />
      <Form action={`/offers/${offer.id}/over-rules`} state={rule} id="over">
        <FieldRow>
          <TextField name="places" label={t('vacancy.over_places')} width="short" inputmode="numeric" optional />
          <TextField
            name="percent"
            label={t('vacancy.over_percent')}
            width="short"
            inputmode="numeric"
            suffix="%"
            optional
          />
          <TextField name="most_days" label={t('vacancy.over_days')} width="short" inputmode="numeric" />
        </FieldRow>
        <FieldRow>
          <DateField name="valid_from" label={t('price.valid_from')} />
          <DateField name="valid_to" label={t('price.valid_to')} hint={t('price.valid_to_hint')} optional />
        </FieldRow>
        <CheckboxesField
          name="reasons"
          label={t('vacancy.over_reasons')}
          columns
          options={overReasons.map((reason) => ({ value: reason, label: t(`vacancy.reason.${reason}`) }))}
        />
        <Actions>
          <Button>{t('vacancy.over_add')}</Button>
        </Actions>
      </Form>
    </Section>
  )
}

/** `par 2 vietām, ne ilgāk kā 14 dienas` */
export function overInWords({ t }: View, rule: OverRuleRow): string {
  const days = rule.most_days
  return rule.places === null
    ? t('vacancy.over_words_percent', { percent: rule.percent ?? 0, days })
    : t('vacancy.over_words_places', { places: rule.places, days })
}
