/** Whom a place is asked for, where offers set places aside for groups of people. */
import { nameIn } from '../catalogue/catalogue-page.tsx'
import { SelectField } from '../ui/field.tsx'
import { useView } from '../ui/view-context.tsx'

/** @param groups those for which places are set aside; nothing is shown where there are none */
export function GroupField({ groups }: { groups: readonly { code: string; name_lv: string; name_en: string }[] }) {
  const view = useView()
  if (groups.length === 0) return null
  return (
    <SelectField
      name="target_group"
      label={view.t('vacancy.group')}
      hint={view.t('vacancy.group_hint')}
      width="full"
      optional
      empty={view.t('vacancy.group_none')}
      options={groups.map((group) => ({ value: group.code, label: nameIn(view, group) }))}
    />
  )
}
