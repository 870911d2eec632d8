# SPDX-License-Identifier: Apache-2.0
# make po: bring the catalogues up to date with the texts of the sources.
.PHONY: po
po:
	@mkdir -p $(BUILD)
	@xgettext --files-from=po/POTFILES --from-code=UTF-8 --language=C --keyword=tr:2 --keyword=N_ \
		--add-comments=po: --sort-by-file --no-wrap --add-location=file --package-name=tynd --package-version= --copyright-holder='the tynd authors' \
		--output=$(BUILD)/tynd.pot
	@for l in $(languages); do msgmerge --quiet --update --backup=none --no-fuzzy-matching --no-wrap --sort-by-file --add-location=file \
		po/$$l.po $(BUILD)/tynd.pot && printf '%s: ' $$l && msgfmt --check --statistics -o /dev/null po/$$l.po || exit 1; done
