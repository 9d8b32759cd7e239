#include "compiler/bench/ElfFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>

namespace burin {
using llvm::StringRef;
namespace ELF = llvm::ELF;

SectionBytes &SectionBytes::operator+=(const SectionBytes &more) {
  text += more.text;
  rodata += more.rodata;
  other += more.other;
  data += more.data;
  bss += more.bss;
  return *this;
}

namespace {

struct Elf32 {
  using Header = ELF::Elf32_Ehdr;
  using Section = ELF::Elf32_Shdr;
  using Symbol = ELF::Elf32_Sym;
};

struct Elf64 {
  using Header = ELF::Elf64_Ehdr;
  using Section = ELF::Elf64_Shdr;
  using Symbol = ELF::Elf64_Sym;
};

/// Reads one file; every offset in it may be wrong.
template <typename Elf> class Reader {
public:
  explicit Reader(StringRef bytes) : bytes(bytes) {}

  std::optional<ElfFile> read() {
    const auto header = at<typename Elf::Header>(0);
    if (!header || header->e_shentsize != sizeof(typename Elf::Section))
      return std::nullopt;
    machine = header->e_machine;
    for (uint64_t i = 0; i < header->e_shnum; ++i) {
      const auto section = at<typename Elf::Section>(header->e_shoff + i * sizeof(typename Elf::Section));
      if (!section)
        return std::nullopt;
      sections.push_back(*section);
    }
    if (header->e_shstrndx >= sections.size())
      return std::nullopt;
    for (const typename Elf::Section &section : sections) {
      addSection(section, string(sections[header->e_shstrndx], section.sh_name));
      if (section.sh_type == ELF::SHT_SYMTAB && section.sh_link < sections.size())
        addFunctions(section);
    }
    if (header->e_type == ELF::ET_REL)
      return std::move(file);
    // Names of one address are those of one function; the first in the file is kept.
    llvm::stable_sort(file.functions, [](const ElfFunction &a, const ElfFunction &b) { return a.address < b.address; });
    file.functions.erase(std::unique(file.functions.begin(), file.functions.end(),
                                     [](const ElfFunction &a, const ElfFunction &b) { return a.address == b.address; }),
                         file.functions.end());
    return std::move(file);
  }

private:
  template <typename T> std::optional<T> at(uint64_t offset) const {
    T value;
    if (offset > bytes.size() || bytes.size() - offset < sizeof value)
      return std::nullopt;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
  }

  StringRef string(const typename Elf::Section &table, uint64_t offset) const {
    if (table.sh_offset > bytes.size() || offset >= table.sh_size)
      return "";
    return bytes.substr(table.sh_offset, table.sh_size).drop_front(offset).split('\0').first;
  }

  void addSection(const typename Elf::Section &section, StringRef name) {
    if (!(section.sh_flags & ELF::SHF_ALLOC))
      return;
    const auto size = static_cast<int64_t>(section.sh_size);
    const bool isOther = section.sh_type == ELF::SHT_NOTE || name.starts_with(".eh_frame") ||
                         name.starts_with(".ARM.ex") || name.starts_with(".rel");
    SectionBytes &s = file.sections;
    if (section.sh_flags & ELF::SHF_EXECINSTR)
      s.text += size;
    else if (section.sh_type == ELF::SHT_NOBITS)
      s.bss += size;
    else if (section.sh_flags & ELF::SHF_WRITE)
      s.data += size;
    else
      (isOther ? s.other : s.rodata) += size;
  }

  void addFunctions(const typename Elf::Section &table) {
    for (uint64_t i = 0; i < table.sh_size / sizeof(typename Elf::Symbol); ++i) {
      const auto symbol = at<typename Elf::Symbol>(table.sh_offset + i * sizeof(typename Elf::Symbol));
      if (!symbol || (symbol->st_info & 15) != ELF::STT_FUNC || symbol->st_size == 0 || symbol->st_shndx == 0)
        continue;
      const StringRef name = string(sections[table.sh_link], symbol->st_name);
      // Bit 0 of an Arm function's address says that it is Thumb code.
      const uint64_t isThumb = machine == ELF::EM_ARM ? 1 : 0;
      file.functions.push_back({name.split('.').first.str(), symbol->st_value & ~isThumb, symbol->st_size});
    }
  }

  StringRef bytes;
  unsigned machine = 0;
  std::vector<typename Elf::Section> sections;
  ElfFile file;
};

} // namespace

std::optional<ElfFile> ElfFile::read(const std::filesystem::path &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path.string(), /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return std::nullopt;
  const StringRef bytes = (*buffer)->getBuffer();
  if (bytes.size() < ELF::EI_NIDENT || !bytes.starts_with(ELF::ElfMagic) ||
      bytes[ELF::EI_DATA] != static_cast<char>(ELF::ELFDATA2LSB))
    return std::nullopt;
  return bytes[ELF::EI_CLASS] == static_cast<char>(ELF::ELFCLASS32) ? Reader<Elf32>(bytes).read()
                                                                    : Reader<Elf64>(bytes).read();
}

const ElfFunction *ElfFile::find(const std::string &name) const {
  const auto found = llvm::find_if(functions, [&](const ElfFunction &f) { return f.name == name; });
  return found == functions.end() ? nullptr : &*found;
}

} // namespace burin
