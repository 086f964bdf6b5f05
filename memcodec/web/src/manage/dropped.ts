/** What somebody drops: files, and folders with all that is in them. */

/** A file, and its name: the way to it from the folder that was dropped. */
export interface Dropped { name: string; file: File }

/** All of it, in order. What is dropped can be asked for at once alone, so this begins before it waits. */
export function dropped(items: DataTransferItemList): Promise<Dropped[]> {
  const some = [...items].filter((each) => each.kind === "file").map((each) => ({ entry: each.webkitGetAsEntry(), file: each.getAsFile() }));
  return Promise.all(some.map(({ entry, file }) => (entry?.isDirectory ? within(entry as FileSystemDirectoryEntry, entry.name) : file ? [{ name: file.name, file }] : []))).then((found) => found.flat());
}

async function within(folder: FileSystemDirectoryEntry, path: string): Promise<Dropped[]> {
  const reader = folder.createReader(), found: Dropped[] = [];
  for (;;) {
    // It tells some at a time, and at the end none.
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return found;
    for (const each of some.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const name = `${path}/${each.name}`;
      if (each.isDirectory) found.push(...(await within(each as FileSystemDirectoryEntry, name)));
      else found.push({ name, file: await new Promise<File>((done, failed) => (each as FileSystemFileEntry).file(done, failed)) });
    }
  }
}
