import type { Random } from "../connectors/simulator/random.ts";

/** 156 first names and 156 last names: 10,000 people share few enough that most logins carry no number. */
const firstNames =
  "Ada Adrian Aisha Alan Aleksandra Amira Ana Andrei Anil Anja Antoine Arjun Astrid Ayo Barbara Beatriz Benedikt Bjarne Bruno Camila Carla Carlos Cecilia Chen Chidi Chiara Clara Daan Dana Daniel Daria David Deepa Diego Dmitri Ebba Edsger Ekaterina Elena Elias Elif Emeka Emma Enrique Erik Esther Eva Farah Fatima Felix Filip Frances Gabriel Gita Grace Greta Hana Hans Hedy Helena Henrik Hiroshi Hugo Ibrahim Ida Ines Irina Isabel Ivan Jakob Jana João Joan Jonas Josefina Julia Kai Kamal Karin Katherine Kenji Kofi Lars Laura Leila Lena Leo Lin Linh Luca Lucia Magnus Maja Malik Marco Margaret Maria Marta Mateo Matilda Mei Mia Milan Mirjam Mona Nadia Naomi Nia Niklaus Nils Nina Noor Olga Olivia Omar Oskar Otto Pablo Paula Pedro Petra Priya Radia Rafael Rahel Ravi Rita Robin Rosa Ruth Samir Sanna Sara Selma Simon Sofia Stefan Sven Tamar Tariq Teresa Theo Tim Tomoko Ursula Valentin Vera Victor Viktoria Vivek Wanda Wei Xavier Yara Yusuf Zahra Zoë".split(
    " ",
  );
const lastNames =
  "Abebe Adeyemi Aguilar Ahmed Allen Almeida Andersson Aoki Backus Banerjee Bauer Becker Berg Bianchi Bondarenko Brandt Brown Cabrera Carvalho Castro Chandra Chen Cohen Conti Costa Cruz Dahl Das Davies Diallo Dijkstra Dimitrov Dubois Duarte Ekström Eriksen Esposito Fernández Ferrari Fischer Flores Forsberg Fournier Fujita Garcia Gomez Goldberg Gruber Gupta Haddad Hahn Hamilton Hansen Hassan Hernández Hoffmann Holm Hopper Horvat Huang Ibrahim Ito Ivanova Jansen Jensen Johnson Joshi Kapoor Karlsson Kaya Keller Khan Kim Kobayashi Kovács Kowalski Krüger Kumar Lamarr Larsen Laurent Lehmann Li Lindberg Liskov Lovelace Lopes Marino Martin Mensah Meyer Mishra Molina Moreau Moreno Müller Murphy Nair Nakamura Navarro Nguyen Nielsen Novak Nowak Okafor Olsen Ortega Osei Park Patel Pereira Perlman Petrov Popescu Quist Rahman Ramos Reyes Ribeiro Richter Rossi Roux Ruiz Saito Sanders Santos Sato Schmidt Schneider Silva Singh Sokolov Sørensen Stroustrup Suzuki Takahashi Tanaka Thompson Torres Traoré Tremblay Turing Vargas Vasquez Vogel Walker Wang Weber Wirth Wójcik Yamamoto Yılmaz Zhang Zimmermann".split(
    " ",
  );

/** These people work at every company that is invented: pages and examples may name them. */
const known: readonly (readonly [string, string])[] = [
  ["Grace", "Hopper"],
  ["Ada", "Meyer"],
  ["Alan", "Turing"],
  ["Barbara", "Liskov"],
  ["Frances", "Allen"],
  ["Hedy", "Lamarr"],
];

const letters: Readonly<Record<string, string>> = { ı: "i", ø: "o", ł: "l" };
const ascii = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[ıøł]/g, (letter) => letters[letter] ?? letter)
    .toLowerCase();

export interface Name {
  readonly firstName: string;
  readonly lastName: string;
  readonly login: string;
}
/** Names one after the other; no login comes twice. */
export const namesOf = (random: Random): (() => Name) => {
  const taken = new Map<string, number>();
  let given = 0;
  return () => {
    const [firstName, lastName] = known[given] ?? [random.pick(firstNames), random.pick(lastNames)];
    given += 1;
    const plain = `${ascii(firstName)}.${ascii(lastName)}`;
    const before = taken.get(plain) ?? 0;
    taken.set(plain, before + 1);
    return { firstName, lastName, login: before === 0 ? plain : `${plain}${before + 1}` };
  };
};

const handles =
  "amber birch cedar comet copper cosmic delta ember fern flint frost glacier harbor hazel indigo iron juniper karma lunar maple midnight nova ocean olive onyx orbit pixel polar quartz quiet raven ripple rocket rusty salty scarlet silent solar spruce storm sunny tidal turbo velvet violet wander wild winter zen".split(
    " ",
  );
const animals =
  "badger bear crane dolphin eagle falcon ferret finch fox gecko heron ibis jackal koala lemur lynx marten mole newt orca osprey otter owl panda puffin quokka raven robin seal shrew sparrow stork swift tapir toad vole walrus wolf wombat wren yak".split(
    " ",
  );
/** A GitHub account, as people choose them: not to be guessed from a name. The number keeps them apart. */
export const githubAccount = (random: Random, index: number): string =>
  `${random.pick(handles)}-${random.pick(animals)}${(index + 17).toString(36)}`;
