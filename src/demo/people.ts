/** The people of the demonstration. All of them, and every resident, are made up; so is the one password they share. */
import type { Role } from '../identity/permissions.ts'
import { type Code, organisations } from './latgale.ts'

/** No secret: it is printed when the program starts. */
export const demoPassword = 'latgale2021'

export interface DemoPerson {
  email: string
  name: string
  language: 'lv' | 'en'
  memberships: { organisation: Code; roles: Role[] }[]
}

const domainOf = (code: Code) => organisations.find((organisation) => organisation.code === code)!.domain

const person = (code: Code, mailbox: string, name: string, ...roles: Role[]): DemoPerson => ({
  email: `${mailbox}@${domainOf(code)}`,
  name,
  language: 'lv',
  memberships: [{ organisation: code, roles }],
})

/** A bigger municipality has somebody for each task, a smaller one somebody for each two. */
const four = (code: Code, lister: string, buyer: string, finance: string, administrator: string) => [
  person(code, 'pakalpojumi', lister, 'lister'),
  person(code, 'nosutijumi', buyer, 'buyer'),
  person(code, 'finanses', finance, 'finance'),
  person(code, 'administrators', administrator, 'administrator', 'auditor'),
]
const two = (code: Code, worker: string, finance: string) => [
  person(code, 'dienests', worker, 'lister', 'buyer'),
  person(code, 'finanses', finance, 'finance', 'administrator'),
]

export const people: readonly DemoPerson[] = [
  ...four('DGV', 'Ilze Vaivode', 'Jānis Spridzāns', 'Svetlana Rimša', 'Andris Gribusts'),
  ...four('REZ', 'Anita Zeltiņa', 'Līga Rancāne', 'Valentīna Ludborža', 'Pēteris Stafeckis'),
  ...four('AUG', 'Skaidrīte Mežaraupe', 'Artūrs Kudiņš', 'Vija Pastare', 'Oļegs Upenieks'),
  ...four('RZN', 'Inta Leidumniece', 'Monika Svikša', 'Rita Gailuma', 'Ainārs Lubāns'),
  ...two('BAL', 'Dace Kuprovska', 'Ināra Ločmele'),
  ...two('KRA', 'Veneranda Plotka', 'Ērika Murāne'),
  ...two('LUD', 'Genovefa Bondare', 'Terēzija Mekša'),
  person('LIV', 'dienests', 'Gunta Spūle', 'lister', 'buyer'),
  person('PRE', 'dienests', 'Benita Vucāne', 'lister', 'buyer'),
  {
    // One accountant keeps the books of two neighbours, and chooses after signing in for whom to work.
    email: `finanses@${domainOf('LIV')}`,
    name: 'Marija Pudāne',
    language: 'lv',
    memberships: [
      { organisation: 'LIV', roles: ['finance', 'administrator'] },
      { organisation: 'PRE', roles: ['finance', 'administrator'] },
    ],
  },
  person('LPR', 'koordinators', 'Zane Trūpa', 'coordinator'),
  person('LPR', 'auditors', 'Staņislavs Broks', 'auditor'),
  person('LPR', 'administrators', 'Kristīne Ormane', 'administrator'),
]

/** Residents of the demonstration: no such person is meant. Of each the social services alone see more than the token. */
export const residentNames: readonly (readonly [given_name: string, family_name: string])[] = [
  ['Ādolfs', 'Pūpols'],
  ['Agnese', 'Dzērve'],
  ['Aivars', 'Krūmiņš'],
  ['Aleksandrs', 'Lācis'],
  ['Alise', 'Zaķe'],
  ['Antoņina', 'Rudzīte'],
  ['Arnis', 'Bērziņš'],
  ['Austra', 'Egle'],
  ['Bernadeta', 'Kļava'],
  ['Boriss', 'Vanags'],
  ['Broņislava', 'Stirna'],
  ['Donāts', 'Ozols'],
  ['Edgars', 'Priede'],
  ['Elvīra', 'Roze'],
  ['Emīls', 'Balodis'],
  ['Felicija', 'Liepa'],
  ['Francis', 'Kalns'],
  ['Gaļina', 'Zvirbule'],
  ['Helēna', 'Vītola'],
  ['Igors', 'Sīlis'],
  ['Imants', 'Strazds'],
  ['Irēna', 'Cīrule'],
  ['Jadviga', 'Ābola'],
  ['Jevgēnijs', 'Lapiņš'],
  ['Jezups', 'Upītis'],
  ['Karīna', 'Bite'],
  ['Kazimirs', 'Dambis'],
  ['Klaudija', 'Avota'],
  ['Leontīne', 'Saule'],
  ['Ludmila', 'Ziediņa'],
  ['Marks', 'Irbe'],
  ['Matīss', 'Kārkliņš'],
  ['Nadežda', 'Lazda'],
  ['Nellija', 'Paegle'],
  ['Ņina', 'Sniedze'],
  ['Olga', 'Vārpa'],
  ['Paulīne', 'Gaile'],
  ['Pāvels', 'Dzenis'],
  ['Raimonds', 'Celms'],
  ['Regīna', 'Vizbule'],
  ['Romans', 'Mednis'],
  ['Rozālija', 'Puķe'],
  ['Sergejs', 'Kauliņš'],
  ['Silvija', 'Pļava'],
  ['Staņislava', 'Mārtiņsone'],
  ['Tamāra', 'Lagzdiņa'],
  ['Teodors', 'Caune'],
  ['Toms', 'Rubenis'],
  ['Valdis', 'Akmens'],
  ['Valērija', 'Smilga'],
  ['Veronika', 'Asare'],
  ['Viktors', 'Vilks'],
  ['Vincents', 'Ezers'],
  ['Zigfrīds', 'Osis'],
  ['Zita', 'Magone'],
  ['Žanna', 'Skuja'],
  ['Anna', 'Zeile'],
  ['Velta', 'Brūvere'],
  ['Marija', 'Stučka'],
  ['Juris', 'Vucenlazdāns'],
  ['Pēteris', 'Anspoks'],
  ['Aldis', 'Keišs'],
  ['Monika', 'Rubine'],
]
